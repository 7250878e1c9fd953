# SPDX-License-Identifier: Apache-2.0
# A responder comes in over WireGuard from his desk, a namespace that stands for another machine.
# Everything of the desk is 198.18.0.0/15 (RFC 2544), 10.99.0.0/24 and this guest's own.
cat >/etc/systemd/network/10-desk.network <<'END'
[Match]
Name=to-desk wg0

[Link]
Unmanaged=yes
END
networkctl reload
modprobe wireguard
modprobe nf_tables

ip netns add desk
ip link add to-desk type veth peer name eth0 netns desk
ip addr add 198.18.0.1/24 dev to-desk
ip link set to-desk up
ip link add wg0 type wireguard
ip addr add 10.99.0.1/24 dev wg0
ip link set wg0 up
ip -n desk link set lo up
ip -n desk addr add 198.18.0.2/24 dev eth0
ip -n desk link set eth0 up
ip -n desk link add wg0 type wireguard
ip -n desk addr add 10.99.0.2/24 dev wg0
ip -n desk link set wg0 up

# Keys of this test only, and public as this file is.
host_private=e890493eb0fa8af3ddbd2d12b9ec1fdcf0ccc62a20db74c75b42956fefeacd64
host_public=fed2c86d33640e5033034703ce888d23e56914fa3b8da1457e6a25d130e40620
desk_private=c8e4afc0557d0f5e10e5ee0f542f2df5380caab4f8994db8e4f798247359c051
desk_public=80b12dcf45fb729e88f44cb85dc20e38216ca08767ad4733a8be7b0cf7d69b65
./wireguard_end wg0 $host_private 51820 $desk_public 10.99.0.2/32
ip netns exec desk ./wireguard_end wg0 $desk_private 51821 $host_public 10.99.0.1/32 198.18.0.1 51820

ssh-keygen -q -t ed25519 -N '' -C tanaka@desk -f /root/desk_key
cat /root/desk_key.pub >>/root/.ssh/authorized_keys
cat >/root/desk_ssh <<'END'
#!/bin/sh
# desk_ssh ADDRESS COMMAND...: from the desk to this server's own sshd.
exec ip netns exec desk ssh -i /root/desk_key -o StrictHostKeyChecking=no -o BatchMode=yes \
  -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=15 "root@$@"
END
chmod 755 /root/desk_ssh
/root/desk_ssh 198.18.0.1 true
/root/desk_ssh 10.99.0.1 true

# The session that contains the host it runs on, and then goes on talking to the desk. The lab's own
# way in (10.0.2.2) is let in besides, or nobody could look.
cat >/root/session <<'END'
cd /root/lab
status=0
./genba contain apply --yes --timeout 240 --admin 10.0.2.2/32 --keep /run/netns/desk \
  >/root/apply.out 2>/root/apply.err || status=$?
echo $status >/root/apply.status
while :; do
  echo alive
  sleep 1
done
END
setsid /root/desk_ssh 10.99.0.1 sh /root/session >/root/seen 2>/root/seen.err </dev/null &
