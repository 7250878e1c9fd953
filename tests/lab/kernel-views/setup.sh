# SPDX-License-Identifier: Apache-2.0
# Mounts what a stock kernel offers and says which of its views are missing.
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
mount -t securityfs securityfs /sys/kernel/security
mount -t bpf bpf /sys/fs/bpf
for view in /proc/modules /proc/kcore /proc/kallsyms /sys/kernel/btf/vmlinux \
  /sys/kernel/debug/kprobes/list /sys/kernel/tracing/available_filter_functions \
  /sys/kernel/tracing/enabled_functions /sys/kernel/tracing/kprobe_events /sys/module; do
  [ -e "$view" ] || { echo "this kernel has no $view" >&2; exit 1; }
done
grep -q '^dummy ' /proc/modules
grep -q '^ffff.* T ' /proc/kallsyms
