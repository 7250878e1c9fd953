# SPDX-License-Identifier: Apache-2.0
# Debian loads nf_tables only when somebody uses it. The host of the lab refuses port 9, and a
# refusal is an answer; what is cut off waits for one instead.
if grep -q '^nf_tables ' /proc/modules; then false; fi
cat >/root/reaches_out <<'END'
#!/bin/bash
timeout 5 bash -c ': </dev/tcp/10.0.2.2/9' 2>&1 | grep -q refused
END
chmod 755 /root/reaches_out
/root/reaches_out
