# SPDX-License-Identifier: Apache-2.0
# Waits until the upgrade that setup.sh began is over, and fails if it upgraded nothing.
for _ in $(seq 600); do
  pgrep -x apt-get >/dev/null || break
  sleep 0.5
done
! pgrep -x apt-get
tail -n 5 /var/log/upgrade.log
dpkg-query -W -f '${Version}\n' | grep -c '+lab1$'
