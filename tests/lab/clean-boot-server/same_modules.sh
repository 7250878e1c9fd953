# SPDX-License-Identifier: Apache-2.0
# Fails if a kernel module came or went since setup.sh.
cut -d' ' -f1 /proc/modules | sort >modules.now
diff modules.before modules.now
