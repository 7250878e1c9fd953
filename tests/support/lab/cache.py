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


def _remove_others(name: str, keep: Path):
    for other in root().glob(f"{name}-*"):
        if other == keep or not other.is_dir() or len(other.name) != len(keep.name):
            continue
        lock = root() / "locks" / other.name
        with open(lock, "ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # somebody's guest runs on it
            shutil.rmtree(other, ignore_errors=True)
            lock.unlink()


def remove_all() -> int:
    """Removes every entry that nobody uses; returns how many stay because they are in use."""
    in_use = 0
    for folder in root().glob("*-*"):
        lock = root() / "locks" / folder.name
        lock.parent.mkdir(parents=True, exist_ok=True)
        with open(lock, "ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                in_use += 1
                continue
            shutil.rmtree(folder, ignore_errors=True)
    if not in_use:
        shutil.rmtree(root(), ignore_errors=True)
    return in_use
