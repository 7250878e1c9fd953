# SPDX-License-Identifier: Apache-2.0
# Malware that a unit keeps alive: each start copies it anew, runs the copy and deletes it, so that
# what runs is no file any more and the next one is another file.
mkdir -p /usr/lib/font-cache
install -m 644 beacon /usr/lib/font-cache/seed.bin

cat >/etc/systemd/system/font-cache.service <<'END'
[Unit]
Description=Font cache
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStartPre=/bin/install -m 755 /usr/lib/font-cache/seed.bin /var/tmp/.fc
ExecStart=/var/tmp/.fc --genba-test-marker
ExecStartPost=/bin/rm /var/tmp/.fc
StandardOutput=append:/root/beats
Restart=always
RestartSec=200ms

[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
systemctl enable --now font-cache.service

# What the looks share.
cat >common.sh <<'END'
unit=font-cache.service
group=/sys/fs/cgroup/system.slice/$unit

# until_is WHAT COMMAND...: waits at most two minutes until the command prints that.
until_is() {
  what=$1
  shift
  for _ in $(seq 240); do
    [ "$("$@")" != "$what" ] || return 0
    sleep 0.5
  done
  echo "not '$what': $*"
  return 1
}

# runs_deleted: writes the number of the unit's process, whose file must be gone.
runs_deleted() {
  until_is active systemctl is-active $unit
  systemctl show -P MainPID $unit >pid
  [ "$(readlink "/proc/$(cat pid)/exe")" = '/var/tmp/.fc (deleted)' ]
  [ ! -e /var/tmp/.fc ]
}

# is_frozen: the same process, which does nothing, and systemd notices nothing.
is_frozen() {
  [ "$(systemctl show -P MainPID $unit)" = "$(cat pid)" ]
  [ "$(systemctl is-active $unit)" = active ]
  grep -q '^frozen 1$' $group/cgroup.events
  beats=$(wc -l </root/beats)
  sleep 2
  [ "$(wc -l </root/beats)" = "$beats" ]
}
END
