# SPDX-License-Identifier: Apache-2.0
# The modules for sock_diag are on the disk and not loaded: asking the kernel the wrong way would
# have it run modprobe.
modprobe -n tcp_diag
if grep '^tcp_diag ' /proc/modules; then
  exit 1
fi
cut -d' ' -f1 /proc/modules | sort >modules.before
