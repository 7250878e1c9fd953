#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times how fast logs are read, beside the tools that people use today.

Usage: bench/log_peers.py GENBA [MEGABYTES [RUNS]]

It makes a tree with an auth.log of a server under attack (year-less lines, 131,072 addresses), the
same compressed, a wtmp and 300,000 files (as a tree, and as an ext4 image for fls and mactime), all
in a folder of its own that it removes. Each command runs RUNS times in turn with its peer, files in
the page cache; the medians are printed. Nothing is asserted: machines are noisy. A peer that is not
installed is left out.
"""
import datetime
import gzip
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
NAMES = "root admin test ubuntu postgres git oracle user deploy hana".split()
RECORDS = 2_000_000
FILES = 300_000


def write_auth_log(path: Path, size: int) -> int:
    """Writes about `size` bytes and returns the number of lines."""
    chance = random.Random(7)
    addresses = [f"198.{18 + (i >> 16)}.{i >> 8 & 255}.{i & 255}" for i in range(131_072)]
    start = datetime.datetime.now() - datetime.timedelta(days=30)
    step = 30 * 86_400 * 98.0 / size
    written = lines = 0
    second = -1
    head = ""
    with open(path, "w", buffering=1 << 22) as out:
        while written < size:
            if int(lines * step) != second:
                second = int(lines * step)
                when = start + datetime.timedelta(seconds=second)
                head = f"{MONTHS[when.month - 1]} {when.day:2d} {when:%H:%M:%S} web01 "
            address = addresses[int(chance.random() * 131_072)]
            port = 1024 + lines % 60_000
            kind = chance.random()
            if kind < 0.6:
                said = f"Failed password for root from {address} port {port} ssh2"
            elif kind < 0.75:
                said = (f"Failed password for invalid user {NAMES[lines % 10]} from {address} "
                        f"port {port} ssh2")
            elif kind < 0.85:
                said = f"Invalid user {NAMES[lines % 10]} from {address} port {port}"
            elif kind < 0.95:
                said = (f"Connection closed by authenticating user root {address} port {port} "
                        "[preauth]")
            else:
                said = "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
            line = f"{head}sshd[{1000 + lines % 30_000}]: {said}\n"
            out.write(line)
            written += len(line)
            lines += 1
    return lines


def write_wtmp(path: Path):
    """RECORDS logins and logouts of utmp(5), 384 bytes each."""
    with open(path, "wb", buffering=1 << 22) as out:
        first = int(time.time()) - RECORDS
        for i in range(RECORDS):
            kind = 7 if i % 2 == 0 else 8
            out.write(struct.pack("<hxxi32s4s32s256shhiii4i20x", kind, 1000 + i % 30_000,
                                  b"pts/%d" % (i % 40), b"ts/1", b"hana" if kind == 7 else b"",
                                  b"192.0.2.7", 0, 0, 0, first + i, 0, 0, 0, 0, 0))


def pack(log: Path, folder: Path, size: int):
    """The log as logrotate leaves it: a quarter a week, auth.log.4.gz the oldest."""
    with open(log, "rb") as plain:
        for week in (4, 3, 2, 1):
            end = size * (5 - week) // 4
            with gzip.open(folder / f"auth.log.{week}.gz", "wb", 6) as packed:
                while plain.tell() < end or week == 1:
                    piece = plain.read(1 << 20) + plain.readline()
                    if not piece:
                        break
                    packed.write(piece)


def make_tree(root: Path, size: int) -> int:
    log = root / "var/log"
    log.mkdir(parents=True)
    lines = write_auth_log(log / "auth.log", size)
    (root / "packed/var/log").mkdir(parents=True)
    pack(log / "auth.log", root / "packed/var/log", size)
    (root / "logins/var/log").mkdir(parents=True)
    write_wtmp(root / "logins/var/log/wtmp")
    for i in range(FILES // 1000):
        folder = root / f"files/usr/lib/{i}"
        folder.mkdir(parents=True)
        for j in range(1000):
            (folder / f"f{j}").touch()
    return lines


def make_image(files: Path, image: Path) -> bool:
    """The files as an ext4 image, which is what fls reads; False without mke2fs."""
    if shutil.which("mke2fs") is None:
        return False
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-N", str(FILES + 10_000), "-d", str(files),
                    str(image), "512M"], check=True, stdout=subprocess.DEVNULL)
    return True


def run(command: str) -> tuple[float, float]:
    """Wall seconds and peak memory in MiB of one run, its output into a file: grep stops at the
    first match when nobody can read it."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(["/bin/sh", "-c", f"exec {command}"], stdout=output,
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        return time.perf_counter() - started, usage.ru_maxrss / 1024


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def compare(what: str, amount: float, unit: str, ours: str, peers: list[str], runs: int):
    """A line for ours and for each peer that is installed."""
    def program(peer: str) -> str:
        return peer.removeprefix('sh -c "').split()[0]

    there = [peer for peer in peers if shutil.which(program(peer))]
    for peer in peers:
        if peer not in there:
            print(f"  not installed, left out: {program(peer)}")
    figures = {command: [] for command in (ours, *there)}
    for command in figures:
        run(command)
    for _ in range(runs):
        for command, taken in figures.items():
            taken.append(run(command))
    base = median([seconds for seconds, _ in figures[ours]])
    for command, taken in figures.items():
        seconds = median([each for each, _ in taken])
        print(f"{what:26} {seconds:8.3f} s {max(m for _, m in taken):8.1f} MiB "
              f"{amount / seconds:10.2f} {unit}  x{seconds / base:6.2f}  {command[:90]}",
              flush=True)


def main():
    genba = os.path.abspath(sys.argv[1])
    size = int(sys.argv[2] if len(sys.argv) > 2 else 1000) * 1_000_000
    runs = int(sys.argv[3] if len(sys.argv) > 3 else 3)
    with tempfile.TemporaryDirectory(prefix="genba-log-bench-") as folder:
        root = Path(folder)
        lines = make_tree(root, size)
        log = root / "var/log/auth.log"
        print(f"auth.log: {size / 1e6:.0f} MB, {lines:,} lines; {RECORDS:,} login records; "
              f"{FILES:,} files\n")
        million = lines / 1e6
        compare("auth.log, all rules", million, "M lines/s", f"{genba} logs --root {root} --summary",
                [f"grep -c 'Failed password' {log}",
                 f"grep -cE 'Failed password for .* from [0-9.]+ port' {log}",
                 ], runs)
        compare("the same, lnav", million, "M lines/s", f"{genba} logs --root {root} --summary",
                [f"lnav -n -c ':filter-in Failed password' {log}"], 1)
        compare("auth.log, with counts", million, "M lines/s",
                f"{genba} query --root {root} --quiet 'SELECT count(*) FROM login_attempts'",
                [f"awk '/Failed password/ {{n[$(NF-3)]++}} END {{print length(n)}}' {log}"], runs)
        compare("auth.log.gz, all rules", size / 1e6, "MB/s",
                f"{genba} logs --root {root}/packed --summary",
                [f"gzip -dc {root}/packed/var/log/auth.log.1.gz {root}/packed/var/log/auth.log.2.gz "
                 f"{root}/packed/var/log/auth.log.3.gz {root}/packed/var/log/auth.log.4.gz"], runs)
        compare("wtmp", RECORDS / 1e6, "M records/s",
                f"{genba} query --root {root}/logins --quiet 'SELECT count(*) FROM last'",
                [f"utmpdump {root}/logins/var/log/wtmp"], runs)
        compare("timeline of files", FILES / 1e6, "M files/s",
                f"{genba} timeline --root {root}/files --deep --only files",
                [f"find {root}/files -printf '%T+ %A+ %C+ %p\\n'",
                 f"sh -c \"find {root}/files -print0 | xargs -0 stat -c '%Y %X %Z %W %n' | sort\""],
                runs)
        if make_image(root / "files", root / "files.img"):
            compare("the same, Sleuth Kit", FILES / 1e6, "M files/s",
                    f"{genba} timeline --root {root}/files --deep --only files",
                    [f"sh -c \"fls -r -m / {root}/files.img | mactime -d -y\""], 1)
        small = root / "small.log"
        subprocess.run(f"head -n 100000 {log} >{small}", shell=True, check=True)
        (root / "few/var/log").mkdir(parents=True)
        shutil.copy(small, root / "few/var/log/auth.log")
        compare("100,000 lines, fail2ban", 0.1, "M lines/s",
                f"{genba} logs --root {root}/few --summary",
                [f"fail2ban-regex {small} /etc/fail2ban/filter.d/sshd.conf"], 1)


if __name__ == "__main__":
    main()
