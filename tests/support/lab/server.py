# SPDX-License-Identifier: Apache-2.0
"""The server guests: a Debian with systemd, sshd, cron, rsyslog, journald, nginx, PHP and PostgreSQL.

Made once: mmdebstrap writes the system as a tar, the tiny guest unpacks it onto a disk (so that no
root is needed and the disk is a real kernel's work), the server boots from it with Debian's own
kernel and initrd, and when all its services run, its memory is saved. Each scenario starts from
that memory with an empty layer over the disk, which takes under a second; the guest's clock goes on
from the moment that was saved. All talk with it is SSH, as a responder's would be.
"""
import contextlib
import subprocess
import tarfile
import time
from pathlib import Path

from . import cache, debian, tiny
from .errors import LabError, end_of
from .qemu import Guest, check_results, make_overlay, version

HERE = Path(__file__).parent / "server"
SUITES = {"server": "bookworm", "server13": "trixie"}
MEMORY = 768  # MiB
DISK = 6 << 30  # bytes, sparse
BOOT_SECONDS = 420
# What the tiny guest needs to run the new system's own tar.
UNPACKER = ("usr/bin/tar",
            *(f"usr/lib/x86_64-linux-gnu/{name}" for name in (
                "ld-linux-x86-64.so.2", "libacl.so.1", "libselinux.so.1", "libc.so.6",
                "libpcre2-8.so.0", "libattr.so.1")))


def _recipe(name: str) -> str:
    here = Path(__file__).parent
    return cache.key_of(SUITES[name], HERE, version(), here / "server.py", here / "qemu.py",
                        here / "debian.py", tiny.HERE / "init", tiny.HERE / "unpack.sh")


def _image(name: str, say):
    return cache.entry(name, _recipe(name), lambda folder: _make(folder, SUITES[name], say))


def _make(folder: Path, suite: str, say):
    start = time.monotonic()
    say(f"making the server ({suite}); this is done once and takes some minutes")
    log = folder / "make.log"
    debian.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "admin@desk",
                "-f", str(folder / "key")], log, "making a key", 60)
    packages = [line for line in (HERE / "packages").read_text().split("\n")
                if line and not line.startswith("#")]
    system, disk = folder / "system.tar", folder / "disk"
    key = (folder / "key.pub").read_text().strip()
    customize = f"LAB_KEY='{key}'\n" + (HERE / "customize.sh").read_text()
    debian.make_system(suite, packages, customize, system, log)
    say(f"  {time.monotonic() - start:4.0f} s  system made, unpacking it")
    kernel_files = _take(system, folder)
    with open(disk, "wb") as file:
        file.truncate(DISK)
    debian.run(["mke2fs", "-q", "-F", "-t", "ext4", "-L", "root", str(disk)], log,
               "making a filesystem", 120)
    (folder / "unpack").mkdir()
    out = tiny.play(folder / "unpack", 900, files={
        **kernel_files, "root/lab/setup.sh": (tiny.HERE / "unpack.sh").read_bytes()},
        disks=[(disk, "format=raw,cache=unsafe"), (system, "format=raw,readonly=on")])
    if (out / "setup.status").read_text().strip() != "0":
        raise LabError("unpacking the server's disk failed", log=end_of(out / "setup.err"))
    system.unlink()
    say(f"  {time.monotonic() - start:4.0f} s  disk made, booting it")
    _boot(folder, disk)
    for used in ("initramfs", "results.tar"):
        (folder / "unpack" / used).unlink(missing_ok=True)
    say(f"  {time.monotonic() - start:4.0f} s  booted and saved")


def _take(system: Path, folder: Path) -> dict[str, bytes]:
    """Kernel and initrd go to the folder; what unpacks the system is returned."""
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    with tarfile.open(system) as archive:
        for member in archive:
            path = member.name.removeprefix("./")
            if member.isfile() and path.startswith("boot/vmlinuz-"):
                (folder / "vmlinuz").write_bytes(archive.extractfile(member).read())
            elif member.isfile() and path.startswith("boot/initrd.img-"):
                (folder / "initrd").write_bytes(archive.extractfile(member).read())
            elif member.issym():
                links[path] = str(Path(path).parent / member.linkname)
            elif member.isfile() and (path == "usr/bin/tar" or ".so" in path):
                if any(Path(path).name.startswith(Path(w).name.split(".so")[0]) for w in UNPACKER):
                    files[path] = archive.extractfile(member).read()
    if not (folder / "vmlinuz").exists() or not (folder / "initrd").exists():
        raise LabError("the new system has no kernel or no initrd below /boot")
    taken = {}
    for path in UNPACKER:
        real = links.get(path, path)
        if real in files:
            taken[path] = files[real]
    loader = taken["usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"]
    for name, content in list(taken.items()):
        if name.startswith("usr/lib/x86_64-linux-gnu/"):
            taken["lib/x86_64-linux-gnu/" + Path(name).name] = content
    taken["lib64/ld-linux-x86-64.so.2"] = loader
    return taken


def _arguments(folder: Path, disk: Path, form: str) -> list[str]:
    return ["-kernel", str(folder / "vmlinuz"), "-initrd", str(folder / "initrd"),
            "-append", "root=/dev/vda ro console=tty0 console=ttyS0 quiet",
            "-drive", f"if=none,id=disk0,file={disk},format={form},cache=unsafe",
            "-device", "virtio-blk-pci,drive=disk0"]


def _boot(folder: Path, disk: Path):
    (folder / "boot").mkdir()
    with Guest(folder / "boot", MEMORY, _arguments(folder, disk, "raw"), network=True) as guest:
        server = Server(guest, folder)
        server.wait_for_ssh(BOOT_SECONDS)
        state = server.ask("systemctl is-system-running --wait", BOOT_SECONDS, check=False).strip()
        if state != "running":
            failed = server.ask("systemctl --failed --no-legend --plain; systemctl list-jobs", 60)
            raise guest.failure(f"the server is '{state}' after its boot: {failed.strip()}")
        server.ask("sync", 120)
        guest.save_state(folder / "state", 120)


class Server:
    """A running server guest and the way into it."""

    def __init__(self, guest: Guest, image: Path):
        self.guest = guest
        self._image = image
        self._port = guest.ssh_port()

    def command(self, terminal: bool = False) -> list[str]:
        """ssh and its options; what is to be run follows."""
        return ["ssh", "-F", "none", "-i", str(self._image / "key"), "-p", str(self._port),
                "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes",
                "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15",
                "-o", "ServerAliveCountMax=4", *(["-t"] if terminal else ["-T"]), "root@127.0.0.1"]

    def wait_for_ssh(self, seconds: float):
        """Until a login works."""
        deadline = time.monotonic() + seconds
        patience = 5.0  # for one try, more each time: a try that the guest dropped never ends
        while True:
            self.guest.check()
            try:
                done = subprocess.run([*self.command(), "true"], stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=patience, check=False)
                if done.returncode == 0:
                    return
                said = done.stderr.strip()
            except subprocess.TimeoutExpired:
                said = f"no login within {patience:.0f} s"
                patience = min(2 * patience, 60)
            if time.monotonic() > deadline:
                raise self.guest.failure(f"nobody could log in within {seconds:.0f} s: {said}")
            time.sleep(0.3)

    def ask(self, command: str, seconds: float, check: bool = True) -> str:
        """Runs a command line there and returns what it printed."""
        try:
            done = subprocess.run([*self.command(), command], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            raise self.guest.failure(f"'{command}' did not end within {seconds:.0f} s") from None
        if check and done.returncode != 0:
            raise self.guest.failure(f"'{command}' failed: {done.stderr.strip()}")
        return done.stdout

    def carry(self, stage: Path, then: str = "true", results: Path = Path("/dev/null"),
              seconds: float = 120):
        """Carries a scenario to /root/lab, and there does what is said; `results` is its output."""
        archive = stage.with_name("carried.tar")
        with tarfile.open(archive, mode="w") as tar:
            tar.add(stage, ".", filter=_as_root)
        line = f"mkdir -m 700 /root/lab && cd /root/lab && tar -xmf - && {then}"
        deadline = time.monotonic() + seconds
        with open(archive, "rb") as tar, open(results, "wb") as out, subprocess.Popen(
                [*self.command(), line], stdin=tar, stdout=out, stderr=subprocess.PIPE) as ssh:
            try:
                while ssh.poll() is None:
                    self.guest.check()
                    check_results(results)
                    if time.monotonic() > deadline:
                        raise self.guest.failure(f"the scenario did not end within {seconds:.0f} s")
                    time.sleep(0.02)
            finally:
                ssh.kill()
            if ssh.returncode != 0:
                said = ssh.stderr.read().decode("utf-8", "replace").strip()
                raise self.guest.failure(f"the scenario could not be played: {said}")

    def play(self, stage: Path, results: Path, seconds: float):
        """Plays a scenario; `results` becomes the tar of what it left in its folder out."""
        self.carry(stage, "sh play.sh && sync && tar -cf - -C out .", results, seconds)


def _as_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


@contextlib.contextmanager
def running(name: str, folder: Path, say):
    """A context: the server as it was saved, with its disk's layer as `folder/disk`."""
    with _image(name, say) as image:
        overlay = folder / "disk"
        make_overlay(image / "disk", overlay)
        arguments = [*_arguments(image, overlay, "qcow2"),
                     "-incoming", f"exec:cat '{image / 'state'}'"]
        with Guest(folder, MEMORY, arguments, network=True) as guest:
            guest.wait_until_restored(60)
            server = Server(guest, image)
            yield server
