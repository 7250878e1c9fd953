# SPDX-License-Identifier: Apache-2.0
"""What is built once and kept: kernels, disks, snapshots.

An entry is a folder NAME-KEY, where KEY is a hash of all that it was made from: another recipe or
another QEMU gives another key, so that nothing stale is ever used. It is built beside its place and
renamed when it is whole. While somebody uses an entry it is locked; entries of other keys that
nobody uses are removed when a new one is built. Locks are flock's: they end with their process.
"""
import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path


def root() -> Path:
    """$GENBA_LAB_CACHE, else a folder of the user's cache."""
    if "GENBA_LAB_CACHE" in os.environ:
        return Path(os.environ["GENBA_LAB_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME", "/tmp"), ".cache")
    return Path(base, "genba-lab")


def key_of(*parts) -> str:
    """A short hash of texts, of the bytes of files, and of the files of folders."""
    digest = hashlib.sha256()
    for part in parts:
        files = [part] if isinstance(part, Path) else []
        if isinstance(part, Path) and part.is_dir():
            files = sorted(p for p in part.rglob("*") if p.is_file())
        for file in files:
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        if not isinstance(part, Path):
            digest.update(str(part).encode() + b"\0")
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _locked(path: Path, how: int):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as file:
        fcntl.flock(file, how)
        yield


@contextlib.contextmanager
def entry(name: str, key: str, build):
    """The folder of an entry for as long as the block runs. `build(folder)` fills a new one."""
    folder = root() / f"{name}-{key}"
    lock = root() / "locks" / folder.name
    while True:
        with _locked(root() / "locks" / name, fcntl.LOCK_EX):
            if not folder.is_dir():
                _remove_others(name, folder)
                _build(folder, build)
        with _locked(lock, fcntl.LOCK_SH):
            if folder.is_dir():  # else it was removed between the two locks
                yield folder
                return


def _build(folder: Path, build):
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        build(unfinished)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _entries(name: str) -> list[Path]:
    """All that was built under a name, finished or not."""
    key = "[0-9a-z]" * 16
    return [*root().glob(f"{name}-{key}"), *root().glob(f"{name}-{key}.unfinished")]


def _remove_if_unused(folder: Path) -> bool:
    with open(root() / "locks" / folder.name.removesuffix(".unfinished"), "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False  # somebody's guest runs on it
        shutil.rmtree(folder, ignore_errors=True)
        return True


def _remove_others(name: str, keep: Path):
    """For who holds the name's lock, and so is the only one that builds."""
    for other in _entries(name):
        if other != keep:
            _remove_if_unused(other)


def remove_all(names: list[str]) -> int:
    """Removes every entry of these names that nobody builds or uses; returns how many stay."""
    stay = 0
    (root() / "locks").mkdir(parents=True, exist_ok=True)
    for name in names:
        with open(root() / "locks" / name, "ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                stay += 1
                continue
            stay += sum(not _remove_if_unused(folder) for folder in _entries(name))
    return stay
