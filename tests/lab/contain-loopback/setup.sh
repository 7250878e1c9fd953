# SPDX-License-Identifier: Apache-2.0
# An sshd in a network namespace of its own, "box", that has the loopback device and one address
# besides. "shop" stands for a container. All addresses are RFC 2544's and this guest's own.
modprobe nf_tables
modprobe dummy
for name in box:198.18.7.1 shop:198.18.8.1; do
  space=${name%:*}
  ip netns add "$space"
  ip -n "$space" link set lo up
  ip -n "$space" link add own type dummy
  ip -n "$space" addr add "${name#*:}/24" dev own
  ip -n "$space" link set own up
  ip -n "$space" route add default dev own
done
systemd-run --quiet --unit=box-sshd nsenter --net=/run/netns/box \
  /usr/sbin/sshd -D -o PidFile=none -o ListenAddress=198.18.7.1

ssh-keygen -q -t ed25519 -N '' -C tanaka@box -f /root/own_key
cat /root/own_key.pub >>/root/.ssh/authorized_keys
cat >/root/own_ssh <<'END'
#!/bin/sh
# own_ssh COMMAND...: from the box to its own sshd, over its own address.
exec nsenter --net=/run/netns/box ssh -b 198.18.7.1 -i /root/own_key \
  -o StrictHostKeyChecking=no -o BatchMode=yes -o UserKnownHostsFile=/dev/null \
  -o LogLevel=ERROR -o ConnectTimeout=8 root@198.18.7.1 "$@"
END
cat >/root/send_from <<'END'
#!/bin/sh
# send_from SPACE: one datagram out of it. The kernel tells the sender when a rule drops it.
exec nsenter --net="/run/netns/$1" bash -c 'echo hello >/dev/udp/198.18.9.9/9'
END
chmod 755 /root/own_ssh /root/send_from
for _ in $(seq 60); do
  if /root/own_ssh true; then break; fi
  sleep 0.5
done
/root/own_ssh true
/root/send_from box
/root/send_from shop

# Whoever asks genba asks in the box.
mv genba genba_itself
cat >genba <<'END'
#!/bin/sh
exec nsenter --net=/run/netns/box /root/lab/genba_itself "$@"
END
chmod 755 genba

# The session that contains the box, and confirms nothing. It talks all the while, which proves
# that it lives. The guest's own namespace is kept, or nobody could look.
cat >/root/session <<'END'
cd /root/lab
(for _ in $(seq 300); do echo alive; sleep 1; done) &
cut -d. -f1 /proc/uptime >/root/before_apply
status=0
./genba_itself contain apply --yes --timeout 75 --keep 1 \
  >/root/apply.out 2>/root/apply.err || status=$?
echo $status >/root/apply.status
wait
END
# As a unit: its ssh has no other login above it, whose session would be the one that matters.
systemd-run --quiet --unit=own-login sh -c \
  'exec /root/own_ssh sh /root/session >/root/seen 2>/root/seen.err </dev/null'
