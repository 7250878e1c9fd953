# SPDX-License-Identifier: Apache-2.0
"""The tiny guest: Debian's cloud kernel and an initramfs of busybox, genba and one scenario. It is
booted fresh for each scenario, plays it and switches itself off; nothing of it is kept."""
import tarfile
from pathlib import Path

from . import cache, debian, initramfs, qemu
from .errors import LabError, LabUnavailable

HERE = Path(__file__).parent / "guest"
MEMORY = 512  # MiB
MODULES = ["virtio_pci", "virtio_console", "virtio_rng"]
DISK_MODULES = ["virtio_blk", "ext4"]
ACCOUNTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/shadow": "root:*:20000:0:99999:7:::\n",
    "etc/hostname": "tiny\n",
}


def kernel():
    """A context: the folder with the kernel and its modules."""
    package = debian.kernel_package()
    return cache.entry("kernel", cache.key_of(package, Path(debian.__file__)), lambda folder:
                       debian.unpack_kernel(package, folder))


def make_initramfs(kernel_folder: Path, modules: list[str], files: dict[str, bytes],
                   trees: dict[str, Path]) -> initramfs.Initramfs:
    """What every tiny guest has, the modules with what they need, and files of the scenario."""
    if not initramfs.busybox_is_here():
        raise LabUnavailable("there is no static /bin/busybox here",
                             "on Debian: apt-get install busybox-static")
    ram = initramfs.Initramfs()
    ram.add_file("bin/busybox", initramfs.BUSYBOX.read_bytes(), 0o755)
    ram.add_file("init", (HERE / "init").read_bytes(), 0o755)
    ram.add_file("lab/play.sh", (HERE / "play.sh").read_bytes())
    for path, text in ACCOUNTS.items():
        ram.add_file(path, text.encode(), 0o640 if path.endswith("shadow") else 0o644)
    ram.add_folder("root", 0o700)
    ram.add_folder("root/lab")
    try:
        ram.add_modules(kernel_folder, modules)
    except KeyError as error:
        raise LabError(error.args[0]) from None
    for path, content in files.items():
        ram.add_file(path, content, 0o755 if content.startswith((b"#!", b"\x7fELF")) else 0o644)
    for path, folder in trees.items():
        ram.add_tree(path, folder)
    return ram


def _boot_arguments(kernel_folder: Path, ram: Path) -> list[str]:
    return ["-kernel", str(kernel_folder / "vmlinuz"), "-initrd", str(ram),
            "-append", "console=ttyS0 quiet panic=-1"]


def _disk_arguments(disks: list[tuple[Path, str]]) -> list[str]:
    arguments = []
    for number, (path, options) in enumerate(disks):
        arguments += ["-drive", f"if=none,id=disk{number},file={path},{options}",
                      "-device", f"virtio-blk-pci,drive=disk{number}"]
    return arguments


def play(folder: Path, seconds: float, scenario: Path | None = None,
         files: dict[str, bytes] | None = None, modules: list[str] | None = None,
         disks: list[tuple[Path, str]] | None = None, memory: int = MEMORY) -> Path:
    """Boots the guest with the files of a scenario below /root/lab and returns the folder `out`
    that it sent back. `disks` are paths with QEMU's drive options; they are /dev/vda, vdb …"""
    trees = {"root/lab": scenario} if scenario else {}
    wanted = MODULES + (DISK_MODULES if disks else []) + (modules or [])
    ram, results, out = folder / "initramfs", folder / "results.tar", folder / "out"
    with kernel() as kernel_folder:
        make_initramfs(kernel_folder, wanted, files or {}, trees).write(ram)
        arguments = [*_boot_arguments(kernel_folder, ram), *_disk_arguments(disks or []),
                     "-device", "virtio-serial-pci", "-chardev", f"file,id=results,path={results}",
                     "-device", "virtserialport,chardev=results,name=lab.results"]
        with qemu.Guest(folder, memory, arguments) as guest:
            guest.wait_for_end(seconds, results)
            try:
                read_results(results, out)
            except (OSError, tarfile.TarError):
                raise guest.failure("the guest ended without sending its results") from None
    return out


def read_results(tar: Path, out: Path):
    """Unpacks what a guest sent: regular files with plain names only, whatever it holds."""
    out.mkdir(exist_ok=True)
    with tarfile.open(tar) as archive:
        for member in archive:
            name = Path(member.name).name
            if member.isfile() and name:
                (out / name).write_bytes(archive.extractfile(member).read())


def shell(folder: Path, greeting: str, scenario: Path | None, modules: list[str]):
    """The guest's console on this terminal, until the shell ends."""
    ram = folder / "initramfs"
    trees = {"root/lab": scenario} if scenario else {}
    with kernel() as kernel_folder:
        make_initramfs(kernel_folder, MODULES + modules,
                       {"lab/shell": greeting.encode()}, trees).write(ram)
        qemu.interactive(MEMORY, _boot_arguments(kernel_folder, ram))
