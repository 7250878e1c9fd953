#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times whole runs of genba beside the tools it replaces, on a crowd this script makes.

Usage: bench/peers.py GENBA [RUNS]

It starts 2,000 idle processes and a process with 2,000 loopback connections, runs each command in
turn with its peer (A B A B …), prints median wall seconds, peak memory and the median of the
pairwise ratios, and ends what it started. Nothing is asserted: machines are noisy.
"""
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

PROCESSES = 2000
CONNECTIONS = 1000  # two ends each: 2,000 sockets


def crowd():
    """A child in whose process group the idle processes live."""
    leader = os.fork()
    if leader:
        return leader
    os.setpgid(0, 0)
    for _ in range(PROCESSES - 1):
        if os.fork() == 0:
            break
    signal.pause()
    os._exit(0)


def connections():
    """A child that holds both ends of the connections."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.read(reader, 1)
        return child
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(CONNECTIONS)
    held = []
    for _ in range(CONNECTIONS):
        client = socket.create_connection(listener.getsockname())
        held += [client, listener.accept()[0]]
    os.write(writer, b"r")
    signal.pause()
    os._exit(0)


def run(command):
    """Wall seconds and peak memory in MiB of one run."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               stdin=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def compare(name, ours, peer, runs):
    run(ours)
    pairs = []
    for _ in range(runs):
        mine = run(ours)
        other = run(peer) if peer else None
        pairs.append((mine, other))
    line = (f"{name:44} {statistics.median(p[0][0] for p in pairs):8.3f} s"
            f" {max(p[0][1] for p in pairs):7.1f} MiB")
    if peer:
        ratio = statistics.median(mine[0] / other[0] for mine, other in pairs)
        line += (f"   {' '.join(peer):12} {statistics.median(p[1][0] for p in pairs):8.3f} s"
                 f"   ratio {ratio:5.2f}")
    print(line, flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    genba = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    compare("start: genba version", [genba, "version"], ["/bin/true"], runs)
    compare("triage", [genba, "triage"], None, runs)
    compare("triage --no-walk", [genba, "triage", "--no-walk"], None, runs)
    started = [crowd(), connections()]
    time.sleep(1)
    try:
        columns = ("pid, parent, name, path, cmdline, uid, state, tty, resident_size, total_size, "
                   "user_time, system_time, start_time, cpu_percent_lifetime")
        compare("query: 2,000 processes",
                [genba, "query", f"SELECT {columns} FROM processes"], ["ps", "aux"], runs)
        sockets = ("SELECT protocol, state, local_address, local_port, remote_address, remote_port, "
                   "pid, fd FROM process_open_sockets WHERE protocol = 'tcp'")
        if shutil.which("ss"):
            compare("query: 2,000 sockets with owners", [genba, "query", sockets],
                    ["ss", "-tanp"], runs)
        else:
            print("ss is missing (package iproute2): the sockets have no peer")
        compare("triage: 2,000 processes, 2,000 sockets", [genba, "triage"], None, runs)
    finally:
        os.killpg(started[0], signal.SIGTERM)
        os.kill(started[1], signal.SIGTERM)
        for child in started:
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
