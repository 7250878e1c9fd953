# SPDX-License-Identifier: Apache-2.0
"""Debian's archive, as this machine's apt knows it: where it is, a kernel's package, a whole system.

Nothing is installed here and no root is needed: packages are downloaded by apt (which checks their
signatures) and unpacked; systems are made by mmdebstrap, without root in a user namespace.
"""
import os
import re
import subprocess
from pathlib import Path

from .errors import LabUnavailable, end_of

# Without root, the folders of system programs are not searched.
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
PACKAGES = {"depmod": "kmod", "mke2fs": "e2fsprogs", "ssh-keygen": "openssh-client"}
KERNEL = "linux-image-cloud-amd64"


def run(command: list[str], log: Path, what: str, seconds: float, cwd: Path | None = None):
    """Runs a program with its output in `log`."""
    try:
        with open(log, "ab") as out:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
                           env={**os.environ, "PATH": PATH}, timeout=seconds, check=True)
    except FileNotFoundError:
        package = PACKAGES.get(command[0], command[0])
        raise LabUnavailable(f"there is no {command[0]} here",
                             f"on Debian: apt-get install {package}") from None
    except subprocess.TimeoutExpired:
        raise LabUnavailable(f"{what}: not done within {seconds:.0f} s", log=end_of(log)) from None
    except subprocess.CalledProcessError as error:
        raise LabUnavailable(f"{what}: {command[0]} ended with status {error.returncode}",
                             "look at the machine's network and apt sources; then: apt-get update",
                             end_of(log)) from None


def _ask(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
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
    run(["apt-get", "download", package], log, "downloading the guests' kernel", 600, folder)
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


def make_system(suite: str, packages: list[str], customize: Path, settings: Path, tar: Path,
                log: Path):
    """A Debian system as a tar file. `customize` is run with the system's root as its argument and
    reads its settings from the file in $LAB_SETTINGS."""
    main, security = mirrors()
    run(["mmdebstrap", "--variant=important", "--format=tar", f"--include={','.join(packages)}",
         f"--customize-hook=LAB_SETTINGS='{settings}' sh '{customize}' \"$1\"",
         suite, str(tar), f"deb {main} {suite} main", f"deb {main} {suite}-updates main",
         f"deb {security} {suite}-security main"],
        log, f"making a Debian system ({suite})", 1500)
