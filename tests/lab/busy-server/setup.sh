# SPDX-License-Identifier: Apache-2.0
# An ordinary busy day: an admin's own job, a database and a site under load, logs that rotate, and
# an upgrade of what runs.
cat >/usr/local/bin/backup.sh <<'END'
#!/bin/sh
tar -czf /var/backups/shop.tar.gz -C /var/www shop
END
chmod 755 /usr/local/bin/backup.sh
echo '* * * * * root /usr/local/bin/backup.sh' >/etc/cron.d/backup
echo '*/5 * * * * cd "$HOME" && find . -name "*.tmp" -mtime +7 -delete' | crontab -u tanaka -
cat >/etc/systemd/system/cleanup.service <<'END'
[Service]
Type=oneshot
ExecStart=/usr/local/bin/backup.sh
END
cat >/etc/systemd/system/cleanup.timer <<'END'
[Timer]
OnCalendar=*:0/1

[Install]
WantedBy=timers.target
END
systemctl daemon-reload
systemctl enable --now cleanup.timer

cd /tmp
bench=$(ls /usr/lib/postgresql/*/bin/pgbench)
runuser -u postgres -- createdb bench
runuser -u postgres -- "$bench" -q -i bench
setsid runuser -u postgres -- "$bench" -c 4 -R 10 -T 900 bench >/dev/null 2>&1 </dev/null &
setsid sh -c 'while curl -s http://127.0.0.1/ >/dev/null; do sleep 0.5; done' >/dev/null 2>&1 </dev/null &
curl -sf http://127.0.0.1/ | grep shop
logrotate -f /etc/logrotate.conf

# Only the updates on the disk are asked; there is no network.
mkdir /etc/apt/sources.list.away
mv /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/sources.list.away/ 2>/dev/null || true
echo 'deb [trusted=yes] file:/srv/updates ./' >/etc/apt/sources.list.d/updates.list
apt-get -q update
export DEBIAN_FRONTEND=noninteractive
setsid sh -c 'apt-get -q -y -o Dpkg::Options::=--force-confold upgrade >/var/log/upgrade.log 2>&1
  echo $? >/root/lab/upgrade.status' >/dev/null 2>&1 </dev/null &
for _ in $(seq 200); do
  ! grep -q '^Unpacking' /var/log/upgrade.log || break
  sleep 0.3
done
grep '^Unpacking' /var/log/upgrade.log
