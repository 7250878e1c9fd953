# SPDX-License-Identifier: Apache-2.0
# Makes a fresh Debian system ($1) the lab's server: a name, a network, an admin with a key, a small
# site in PHP over PostgreSQL. Nothing here runs a service; the first boot does. $LAB_KEY is the
# public key that may log in.
set -eu
root=$1

echo web1 >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 web1\n::1 localhost ip6-localhost\n' >"$root/etc/hosts"
echo '/dev/vda / ext4 defaults,errors=remount-ro 0 1' >"$root/etc/fstab"
cat >"$root/etc/systemd/network/20-wired.network" <<'END'
[Match]
Type=ether

[Network]
DHCP=ipv4
END
chroot "$root" systemctl -q enable systemd-networkd

install -d -m 700 "$root/root/.ssh"
echo "$LAB_KEY" >"$root/root/.ssh/authorized_keys"
chroot "$root" useradd --create-home --shell /bin/bash --groups sudo tanaka
install -d -m 700 "$root/home/tanaka/.ssh"
echo "$LAB_KEY" >"$root/home/tanaka/.ssh/authorized_keys"
chmod 600 "$root/root/.ssh/authorized_keys" "$root/home/tanaka/.ssh/authorized_keys"
chroot "$root" chown -R tanaka:tanaka /home/tanaka/.ssh

php=$(basename "$(ls -d "$root"/etc/php/*)")
cat >"$root/etc/nginx/sites-available/shop" <<END
server {
  listen 80 default_server;
  server_name shop.example;
  root /var/www/shop;
  index index.php;
  location ~ \.php\$ {
    include snippets/fastcgi-php.conf;
    fastcgi_pass unix:/run/php/php$php-fpm.sock;
  }
}
END
rm "$root/etc/nginx/sites-enabled/default"
ln -s /etc/nginx/sites-available/shop "$root/etc/nginx/sites-enabled/shop"
install -d "$root/var/www/shop"
cat >"$root/var/www/shop/index.php" <<'END'
<?php
$sum = 0;
for ($i = 0; $i < 2000; $i++) {
    $sum += crc32((string) $i);
}
echo "shop ", PHP_VERSION, " ", $sum, "\n";
END

# Updates for scenarios: the same packages under a newer version, as a repository on the disk, so
# that an upgrade needs no network.
updates="bash coreutils cron libc-bin libc6 libssl3 libssl3t64 nginx nginx-common openssh-client
  openssh-server openssh-sftp-server rsyslog"
installed=$(for package in $updates; do
  ! grep -qx "Package: $package" "$root/var/lib/dpkg/status" || echo "$package"
done)
install -d "$root/srv/updates" "$root/srv/updates/work"
chroot "$root" sh -euc '
  cd /srv/updates/work
  apt-get -q -o APT::Sandbox::User=root download "$@"
  for deb in *.deb; do
    dpkg-deb -R "$deb" "${deb%.deb}"
  done
  # Packages of one source name each other by exact versions.
  for folder in */; do
    name=$(sed -n "s/^Package: //p" "$folder/DEBIAN/control")
    old=$(sed -n "s/^Version: //p" "$folder/DEBIAN/control")
    sed -i "s/^Version: .*/&+lab1/" "$folder/DEBIAN/control"
    quoted=$(printf %s "$old" | sed "s/[.+]/\\\\&/g")
    sed -i "/^\(Pre-\)\?Depends:/s/\b$name\(:[a-z0-9]*\)\? (= $quoted)/$name\1 (= $old+lab1)/g" */DEBIAN/control
  done
  for folder in */; do
    dpkg-deb -Znone -b "$folder" .. >/dev/null
  done
  cd ..
  rm -r work
  for deb in *.deb; do
    dpkg-deb -f "$deb"
    echo "Filename: ./$deb"
    echo "Size: $(stat -c %s "$deb")"
    echo "SHA256: $(sha256sum "$deb" | cut -d" " -f1)"
    echo
  done >Packages
' sh $installed
