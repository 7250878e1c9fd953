# SPDX-License-Identifier: Apache-2.0
# Waits until the upgrade that setup.sh began is over, and fails if it upgraded nothing.
for _ in $(seq 600); do
  [ ! -e /root/lab/upgrade.status ] || break
  sleep 0.5
done
[ "$(cat /root/lab/upgrade.status)" = 0 ]
tail -n 5 /var/log/upgrade.log
dpkg-query -W -f '${Version}\n' | grep -c '+lab1$'
