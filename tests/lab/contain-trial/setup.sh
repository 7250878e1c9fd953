# SPDX-License-Identifier: Apache-2.0
# A responder comes in from his desk, a namespace that stands for another network: 198.18.0.2 is his
# machine, 198.18.0.3 is somebody else's. The addresses are RFC 2544's and this guest's own.
cat >/etc/systemd/network/10-desk.network <<'END'
[Match]
Name=to-desk

[Link]
Unmanaged=yes
END
networkctl reload
modprobe nf_tables
systemctl stop systemd-timesyncd  # the clock is the scenario's

ip netns add desk
ip link add to-desk type veth peer name eth0 netns desk
ip addr add 198.18.0.1/24 dev to-desk
ip link set to-desk up
ip -n desk link set lo up
ip -n desk addr add 198.18.0.2/24 dev eth0
ip -n desk addr add 198.18.0.3/24 dev eth0
ip -n desk link set eth0 up

ssh-keygen -q -t ed25519 -N '' -C tanaka@desk -f /root/desk_key
cat /root/desk_key.pub >>/root/.ssh/authorized_keys
cat >/root/desk_ssh <<'END'
#!/bin/sh
# desk_ssh FROM COMMAND...: from that address of the desk to this server's own sshd.
from=$1
shift
exec ip netns exec desk ssh -b "$from" -i /root/desk_key -o StrictHostKeyChecking=no \
  -o BatchMode=yes -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=8 \
  root@198.18.0.1 "$@"
END
chmod 755 /root/desk_ssh
/root/desk_ssh 198.18.0.2 true
/root/desk_ssh 198.18.0.3 true

# kill_genba: ends all of Genba at once, the guard too, and says how many there were.
cat >kill_genba <<'END'
killed=0
for link in $(find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname /root/lab/genba 2>/dev/null); do
  pid=${link#/proc/}
  kill -KILL "${pid%/exe}"
  killed=$((killed + 1))
done
echo $killed
END

# The session that contains the host it runs on, and confirms nothing. It talks to the desk all the
# while, which proves that it lives. The lab's own way in (10.0.2.2) is let in besides, or nobody
# could look.
cat >/root/session <<'END'
cd /root/lab
cut -d. -f1 /proc/uptime >/root/before_apply
(for _ in $(seq 300); do echo alive; sleep 1; done) &
status=0
./genba contain apply --yes --timeout 75 --admin 10.0.2.2/32 --keep /run/netns/desk \
  >/root/apply.out 2>/root/apply.err || status=$?
echo $status >/root/apply.status
wait
END
setsid /root/desk_ssh 198.18.0.2 sh /root/session >/root/seen 2>/root/seen.err </dev/null &
