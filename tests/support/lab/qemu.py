# SPDX-License-Identifier: Apache-2.0
"""One QEMU process, bounded: in time, in what it may write, and in life (it dies with us).

Software emulation only (TCG): a nested KVM may exist and hang. No display, no default devices, and
as network at most a user-mode one with restrict=on, whose only door is one port of this machine's
loopback that leads to the guest's SSH (QEMU's invocation page, "-netdev user"). The console goes
to a file, which is shown when something fails; a guest that fills it is ended.
"""
import ctypes
import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from .errors import LabError, LabUnavailable, end_of

BINARY = "qemu-system-x86_64"
RESULTS_LIMIT = 256 << 20  # bytes; a look at a whole server is about 1 MiB of JSON
CONSOLE_LIMIT = 4 << 20  # bytes; a boot with all messages writes about 60 KiB
PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)


def version() -> str:
    """The version line; also how the lab learns whether there is a QEMU at all."""
    try:
        return subprocess.run([BINARY, "--version"], capture_output=True, text=True,
                              check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError):
        raise LabUnavailable(f"there is no {BINARY} here",
                             "on Debian: apt-get install qemu-system-x86") from None


def die_with_parent(number: int = signal.SIGKILL):
    """This process gets that signal when its parent ends (prctl(2))."""
    _libc.prctl(PR_SET_PDEATHSIG, number)


def _machine(memory: int) -> list[str]:
    return [BINARY, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", "q35", "-accel", "tcg", "-cpu", "max,la57=off", "-smp", "2",
            "-m", f"{memory}M", "-rtc", "base=utc,clock=vm", "-device", "virtio-rng-pci"]


def interactive(memory: int, arguments: list[str]):
    """A guest whose console is this terminal (Ctrl-A X ends it), until it ends."""
    subprocess.run([*_machine(memory), "-serial", "mon:stdio", *arguments],
                   preexec_fn=die_with_parent, check=False)


class Guest:
    """A running guest. `folder` is its own and holds the console's log and the monitor's socket.

    A context manager: however the block is left, the process is gone afterwards.
    """

    def __init__(self, folder: Path, memory: int, arguments: list[str], network: bool = False):
        self.folder = folder
        self.console = folder / "console.log"
        self._monitor = folder / "monitor"
        command = [*_machine(memory), "-serial", f"file:{self.console}",
                   "-qmp", f"unix:{self._monitor},server=on,wait=off", *arguments]
        if network:
            command += ["-netdev", "user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:0-:22",
                        "-device", "virtio-net-pci,netdev=net0,romfile="]
        self._errors = open(folder / "qemu.log", "wb")
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._errors,
                                         stderr=self._errors, preexec_fn=die_with_parent)
        self._channel = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the process at once, as a pulled plug does."""
        if self._channel:
            self._channel.close()
            self._channel = None
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._errors.close()

    def failure(self, what: str) -> LabError:
        """An error with what the guest and QEMU said last."""
        said = end_of(self.folder / "qemu.log", 1000)
        return LabError(what, log=said + end_of(self.console))

    def check(self):
        """Raises if the guest has ended or floods its console."""
        self.check_console()
        if self._process.poll() is not None:
            raise self.failure(f"the guest ended by itself (QEMU's status {self._process.returncode})")

    def wait_for_end(self, seconds: float, results: Path):
        """Waits until the guest has switched itself off; `results` is what it writes meanwhile."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise self.failure(f"the guest did not end within {seconds:.0f} s")
            self.check_console()
            check_results(results)
            time.sleep(0.02)
        if self._process.returncode != 0:
            raise self.failure(f"QEMU ended with status {self._process.returncode}")

    def check_console(self):
        """Raises if the guest floods its console."""
        if self.console.exists() and self.console.stat().st_size > CONSOLE_LIMIT:
            raise self.failure(f"the guest filled its console ({CONSOLE_LIMIT >> 20} MiB)")

    def monitor(self, command: str, seconds: float = 30, **arguments):
        """One QMP command and its answer (QEMU's interop/qmp-spec)."""
        if not self._channel:
            self._connect(seconds)
        request = {"execute": command}
        if arguments:
            request["arguments"] = arguments
        self._channel.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self._read_answer()
            if "error" in answer:
                raise self.failure(f"QEMU refused '{command}': {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

    def _connect(self, seconds: float):
        deadline = time.monotonic() + seconds
        while True:
            channel = socket.socket(socket.AF_UNIX)
            channel.settimeout(seconds)
            try:
                channel.connect(str(self._monitor))
                break
            except OSError:
                channel.close()
                self.check()
                if time.monotonic() > deadline:
                    raise self.failure("QEMU's monitor does not answer") from None
                time.sleep(0.01)
        self._channel = channel
        self._pending = b""
        self._read_answer()
        self.monitor("qmp_capabilities")

    def _read_answer(self) -> dict:
        while b"\n" not in self._pending:
            try:
                piece = self._channel.recv(65536)
            except OSError as error:
                raise self.failure(f"QEMU's monitor: {error}") from None
            if not piece:
                raise self.failure("QEMU closed its monitor")
            self._pending += piece
        line, self._pending = self._pending.split(b"\n", 1)
        return json.loads(line)

    def ssh_port(self) -> int:
        """The loopback port that leads to the guest's SSH; the kernel chose it."""
        said = self.monitor("human-monitor-command", **{"command-line": "info usernet"})
        found = re.search(r"HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)", said)
        if not found:
            raise self.failure("QEMU does not tell the forwarded port")
        return int(found.group(1))

    def save_state(self, path: Path, seconds: float):
        """Stops the guest and writes its memory and devices to `path`."""
        self.monitor("stop")
        self.monitor("migrate-set-parameters", **{"max-bandwidth": 0})
        self.monitor("migrate", uri=f"exec:cat >'{path}'")
        self._wait_for_migration(seconds)

    def wait_until_restored(self, seconds: float):
        """For a guest started with `-incoming`: until it runs."""
        deadline = time.monotonic() + seconds
        while self.monitor("query-status")["status"] == "inmigrate":
            self.check()
            if time.monotonic() > deadline:
                raise self.failure("the guest's state could not be read back in time")
            time.sleep(0.02)
        self.monitor("cont")  # it was saved while it stood still

    def _wait_for_migration(self, seconds: float):
        deadline = time.monotonic() + seconds
        while True:
            status = self.monitor("query-migrate").get("status")
            if status == "completed":
                return
            if status in ("failed", "cancelled") or time.monotonic() > deadline:
                raise self.failure(f"the guest's state was not written ({status})")
            time.sleep(0.05)


def check_results(path: Path):
    """Raises if a guest sent more than any scenario has to say."""
    if path.exists() and path.stat().st_size > RESULTS_LIMIT:
        raise LabError(f"the guest sent more than {RESULTS_LIMIT >> 20} MiB of results")


def make_overlay(base: Path, overlay: Path):
    """An empty layer over a raw disk that stays as it is."""
    try:
        made = subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw",
                               "-b", str(base), str(overlay)],
                              capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LabUnavailable("there is no qemu-img here",
                             "on Debian: apt-get install qemu-utils") from None
    if made.returncode != 0:
        raise LabError(f"qemu-img: {made.stderr.strip()}")
