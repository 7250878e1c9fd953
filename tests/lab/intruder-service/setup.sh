# SPDX-License-Identifier: Apache-2.0
# The intrusion of the issue, re-enacted with a harmless stand-in: it ends by itself after two
# minutes, and the unit brings it back.
install -m 755 impostor /usr/bin/cd

cat >/etc/systemd/system/network-cache.service <<'END'
[Unit]
Description=Network cache

[Service]
ExecStart=/usr/bin/cd --genba-test-marker 40
Restart=always

[Install]
WantedBy=multi-user.target
END
cat >/etc/systemd/system/sysstat-summary.service <<'END'
[Service]
Type=simple
ExecStart=/usr/bin/cd --genba-test-marker 0
END
cat >/etc/systemd/system/sysstat-summary.timer <<'END'
[Timer]
OnCalendar=*:0/5

[Install]
WantedBy=timers.target
END
echo '* * * * * root /usr/bin/cd --genba-test-marker 2 >/dev/null 2>&1' >/etc/cron.d/sysstat-update
systemctl daemon-reload
systemctl enable --now network-cache.service sysstat-summary.timer

# The intruder's key, and a login with it that stays.
ssh-keygen -q -t ed25519 -N '' -C genba-test-marker -f /root/intruder
cat /root/intruder.pub >>/root/.ssh/authorized_keys
setsid ssh -tt -i /root/intruder -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
  root@127.0.0.1 'sleep 300' >/dev/null 2>&1 </dev/null &
for _ in $(seq 100); do
  ! pgrep -x sleep >/dev/null || break
  sleep 0.3
done
pgrep -x sleep >/dev/null
rm /root/intruder
systemctl is-active network-cache.service
