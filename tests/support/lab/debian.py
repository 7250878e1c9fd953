# SPDX-License-Identifier: Apache-2.0
"""Debian's archive, as this machine's apt knows it: where it is, a kernel's package, a whole system.

Nothing is installed here and no root is needed: packages are downloaded by apt (which checks their
signatures) and unpacked; systems are made by mmdebstrap, without root in a user namespace.
"""
import contextlib
import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

from .errors import LabError, LabUnavailable, end_of

# Without root, the folders of system programs are not searched.
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
PACKAGES = {"depmod": "kmod", "mke2fs": "e2fsprogs", "ssh-keygen": "openssh-client"}
KERNEL = "linux-image-cloud-amd64"


def run(command: list[str], log: Path, what: str, seconds: float, cwd: Path | None = None):
    """Runs a program with its output in `log`. However this is left, it has ended, and could clean
    up after itself: mmdebstrap has a whole system in a folder of its own."""
    try:
        with open(log, "ab") as out, subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
                env={**os.environ, "PATH": PATH}, start_new_session=True) as program:
            try:
                status = program.wait(timeout=seconds)
            except BaseException:
                _end_group(program)
                raise
    except FileNotFoundError:
        package = PACKAGES.get(command[0], command[0])
        raise LabUnavailable(f"there is no {command[0]} here",
                             f"on Debian: apt-get install {package}") from None
    except subprocess.TimeoutExpired:
        raise LabError(f"{what}: not done within {seconds:.0f} s", log=end_of(log)) from None
    if status != 0:
        raise LabError(f"{what}: {command[0]} ended with status {status}", log=end_of(log))


def _end_group(program: subprocess.Popen):
    """Ends a program with its children, who clean up first if they can."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(timeout=30)


def _must_offer(archive: str, suite: str):
    """Raises if the archive cannot be reached or has no such Debian."""
    try:
        with urllib.request.urlopen(f"{archive}/dists/{suite}/InRelease", timeout=60) as answer:
            answer.read(1)
    except OSError as error:
        raise LabUnavailable(f"the archive does not answer with Debian's {suite}: {error}",
                             "look at the machine's network and apt sources") from None


def _ask(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True,
                              env={**os.environ, "LC_ALL": "C"}).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise LabUnavailable(f"asking apt failed: {error}", "this needs Debian; then: apt-get update") \
            from None


def mirrors() -> tuple[str, str]:
    """The addresses of Debian's archive and of its security archive in this machine's sources."""
    said = _ask(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)",
                 "Created-By: Packages", "Component: main"])
    main = security = ""
    for line in said.splitlines():
        site, release, _ = line.split()
        if "-security" in release:
            security = security or site
        elif re.fullmatch(r"[a-z]+", release) and site.rstrip("/").endswith("/debian"):
            main = main or site
    if not main:
        raise LabUnavailable("apt's sources name no Debian archive", "the lab's guests are Debian")
    return main, security or re.sub(r"/debian/?$", "/debian-security", main)


def kernel_package() -> str:
    """The package with the newest cloud kernel, such as linux-image-6.1.0-56-cloud-amd64."""
    found = re.search(r"Depends: (linux-image-[0-9]\S*)", _ask(["apt-cache", "depends", KERNEL]))
    if not found:
        raise LabUnavailable(f"apt knows no {KERNEL}", "once: apt-get update")
    return found.group(1)


def unpack_kernel(package: str, folder: Path):
    """Downloads a kernel and leaves its `vmlinuz` and its modules with their index in `folder`."""
    log = folder / "kernel.log"
    try:
        run(["apt-get", "download", package], log, "downloading the guests' kernel", 600, folder)
    except LabUnavailable:
        raise
    except LabError as error:
        raise LabUnavailable(str(error), "once: apt-get update", error.log) from None
    deb = next(folder.glob("*.deb"))
    run(["dpkg-deb", "-x", deb.name, "."], log, "unpacking the guests' kernel", 120, folder)
    deb.unlink()
    next((folder / "boot").glob("vmlinuz-*")).rename(folder / "vmlinuz")
    modules = folder / "lib" / "modules"
    if not modules.is_dir():  # a merged /usr since Debian 13
        modules = folder / "usr" / "lib" / "modules"
        (folder / "lib").symlink_to("usr/lib")
    release = next(modules.iterdir()).name
    run(["depmod", "-b", str(folder), release], log, "indexing the guests' modules", 120)
    (folder / "release").write_text(release)


def make_system(suite: str, packages: list[str], customize: str, tar: Path, log: Path):
    """A Debian system as a tar file. `customize` is a shell script that gets the system's root as
    its argument; its text is handed over, since without root mmdebstrap's programs are another user,
    who may not read this one's folders."""
    main, security = mirrors()
    _must_offer(main, suite)
    run(["mmdebstrap", "--variant=important", "--format=tar", f"--include={','.join(packages)}",
         f"--customize-hook={customize}", suite, str(tar), f"deb {main} {suite} main",
         f"deb {main} {suite}-updates main", f"deb {security} {suite}-security main"],
        log, f"making a Debian system ({suite})", 1500)
