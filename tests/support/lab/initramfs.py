# SPDX-License-Identifier: Apache-2.0
"""An initramfs written without root: a cpio archive in the newc format (kernel documentation,
driver-api/early-userspace/buffer-format), its files owned by root whoever runs this."""
import lzma
import os
import stat
from pathlib import Path

BUSYBOX = Path("/bin/busybox")


class Initramfs:
    """Files by path, then `bytes()`."""

    def __init__(self):
        self._entries: dict[str, tuple[int, bytes, int, int]] = {}
        for folder in ("dev", "proc", "sys", "run", "tmp", "etc", "bin", "root"):
            self.add_folder(folder, 0o1777 if folder == "tmp" else 0o755)
        self.add_device("dev/console", 5, 1)

    def add_folder(self, path: str, mode: int = 0o755):
        """A folder; those above it come by themselves."""
        self._add(path, stat.S_IFDIR | mode, b"")

    def add_file(self, path: str, content: bytes, mode: int = 0o644):
        """A regular file."""
        self._add(path, stat.S_IFREG | mode, content)

    def add_link(self, path: str, target: str):
        """A symbolic link."""
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def add_device(self, path: str, major: int, minor: int):
        """A character device."""
        self._add(path, stat.S_IFCHR | 0o600, b"", major, minor)

    def add_tree(self, path: str, folder: Path):
        """The files below a folder of this machine, with their modes."""
        for file in sorted(folder.rglob("*")):
            inside = f"{path}/{file.relative_to(folder)}"
            if file.is_file():
                self.add_file(inside, file.read_bytes(), stat.S_IMODE(file.stat().st_mode))

    def add_modules(self, kernel: Path, names: list[str]):
        """Kernel modules with all that they need, and `lab/modules`, which lists them in order."""
        release = (kernel / "release").read_text()
        base = kernel / "lib" / "modules" / release
        needs, paths = {}, {}
        for line in (base / "modules.dep").read_text().splitlines():
            path, _, rest = line.partition(":")
            name = Path(path).name.split(".")[0].replace("-", "_")
            paths[name] = path
            needs[name] = [Path(p).name.split(".")[0].replace("-", "_") for p in rest.split()]
        built_in = {Path(line).stem.replace("-", "_")
                    for line in (base / "modules.builtin").read_text().split()}
        order: list[str] = []
        for name in names:
            if name in built_in:
                continue
            if name not in paths:
                raise KeyError(f"the kernel {release} has no module '{name}'")
            for one in [*reversed(needs[name]), name]:
                if one not in order:
                    order.append(one)
        listed = []
        for name in order:
            content = (base / paths[name]).read_bytes()
            path = f"lib/modules/{release}/{paths[name]}"
            if path.endswith(".xz"):
                path, content = path.removesuffix(".xz"), lzma.decompress(content)
            self.add_file(path, content)
            listed.append("/" + path)
        self.add_file("lab/modules", "".join(p + "\n" for p in listed).encode())

    def _add(self, path: str, mode: int, content: bytes, major: int = 0, minor: int = 0):
        for above in reversed(Path(path).parents):
            if str(above) != "." and str(above) not in self._entries:
                self._entries[str(above)] = (stat.S_IFDIR | 0o755, b"", 0, 0)
        self._entries[path] = (mode, content, major, minor)

    def write(self, target: Path):
        """Writes the archive."""
        with open(target, "wb") as out:
            for number, (path, entry) in enumerate([*self._entries.items(),
                                                    ("TRAILER!!!", (0, b"", 0, 0))], 1):
                mode, content, major, minor = entry
                name = path.encode() + b"\0"
                fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, major, minor, len(name), 0)
                out.write(b"070701" + b"".join(b"%08X" % field for field in fields) + name)
                out.write(b"\0" * (-(110 + len(name)) % 4))
                out.write(content + b"\0" * (-len(content) % 4))


def busybox_is_here() -> bool:
    """Whether this machine has the static busybox that the tiny guest lives on."""
    # A dynamic program names its loader at its beginning.
    return os.access(BUSYBOX, os.X_OK) and b"/ld-linux" not in BUSYBOX.read_bytes()[:4096]
