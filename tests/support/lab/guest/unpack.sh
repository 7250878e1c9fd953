# SPDX-License-Identifier: Apache-2.0
# Played by the tiny guest to make a server's disk: unpacks the tar on the second disk onto the
# empty filesystem of the first. GNU tar, because busybox's drops extended attributes, and so the
# capabilities of files.
mount -t ext4 /dev/vda /mnt
/usr/bin/tar --xattrs '--xattrs-include=*' --numeric-owner -xpf /dev/vdb -C /mnt
umount /mnt
