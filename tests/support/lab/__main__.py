# SPDX-License-Identifier: Apache-2.0
"""./dev vm: lists, plays and enters scenarios. Exit status: 0 all passed, 1 some failed, 2 usage,
77 the lab cannot be had here."""
import argparse
import contextlib
import dataclasses
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from . import cache, qemu, scenario, server, tiny
from .errors import LabError, LabUnavailable

ROOT = Path(__file__).resolve().parents[3]
WORK = Path(os.environ.get("TMPDIR", "/tmp")) / f"genba-lab-{os.getuid()}"


def say(text: str):
    """A line for the person, on stderr, at once."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def work_folder():
    """A folder of this run's own. Folders of runs that were killed are removed by the next run: the
    lock of each ended with its process."""
    WORK.mkdir(mode=0o700, exist_ok=True)
    if WORK.lstat().st_uid != os.getuid() or WORK.is_symlink():
        raise LabError(f"{WORK} is somebody else's", "set TMPDIR to a folder of your own")
    with _door():
        for old in WORK.glob("run-*"):
            with open(old / "lock", "ab") as file, contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(old, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=WORK))
        lock = open(folder / "lock", "ab")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        with _door():
            shutil.rmtree(folder, ignore_errors=True)
            lock.close()
            if not any(WORK.glob("run-*")):
                shutil.rmtree(WORK, ignore_errors=True)


@contextlib.contextmanager
def _door():
    """One run at a time makes and removes folders. The last to leave removes the door as well, so
    who waited for it looks whether it is still the same."""
    while True:
        WORK.mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(FileNotFoundError), open(WORK / "door", "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink:
                yield
                return


class Result:
    """How a scenario went on one guest: what was wrong, and seconds by phase."""

    def __init__(self, name: str, guest: str):
        self.name = name
        self.guest = guest
        self.wrong: list[str] = []
        self.log = ""
        self.genba = 0.0
        self.total = 0.0
        self.ready = 0.0


def play(one: scenario.Scenario, guest: str, genba: Path, folder: Path) -> Result:
    """Plays a scenario on a guest."""
    result = Result(one.name, guest)
    folder.mkdir()
    looks = [look for look in one.looks if look.on == "guest"]
    disk_looks = [look for look in one.looks if look.on == "disk"]
    start = time.monotonic()
    try:
        staged = scenario.stage(one, folder / "stage", ROOT, genba, looks)
        if guest == "tiny":
            judge(result, tiny.play(folder, one.seconds, staged, modules=one.modules), looks)
        else:
            with server.running(guest, folder, say) as host:
                start = time.monotonic()  # making the image is no part of the scenario
                host.wait_for_ssh(60)
                result.ready = time.monotonic() - start
                host.play(staged, folder / "results.tar", one.seconds)
                host.guest.stop()
                tiny.read_results(folder / "results.tar", folder / "out")
                judge(result, folder / "out", looks)
                if disk_looks and not result.wrong:
                    look_at_disk(result, disk_looks, genba, folder, one.seconds)
    except LabUnavailable:
        raise
    except LabError as error:
        result.wrong.append(str(error))
        result.log = error.log
    except (OSError, tarfile.TarError) as error:
        result.wrong.append(f"playing it failed: {error}")
    result.total = time.monotonic() - start
    return result


def look_at_disk(result: Result, looks: list, genba: Path, folder: Path, seconds: float):
    """Looks at a server's disk from the tiny guest, as from a rescue system."""
    rescue = folder / "rescue"
    (rescue / "stage").mkdir(parents=True)
    shutil.copy(genba, rescue / "stage/genba")
    (rescue / "stage/setup.sh").write_text("mount -t ext4 -o ro /dev/vda /mnt\n")
    looks = [dataclasses.replace(look, genba=[*look.genba[:1], "--root", "/mnt", *look.genba[1:]])
             for look in looks]
    scenario.add_looks(rescue / "stage", looks)
    out = tiny.play(rescue, seconds, rescue / "stage", memory=768,
                    disks=[(folder / "disk", "format=qcow2,snapshot=on")])
    judge(result, out, looks)


def judge(result: Result, out: Path, looks: list):
    """Adds what was not as expected."""
    setup = out / "setup.status"
    if setup.exists() and setup.read_text().strip() != "0":
        result.wrong.append(f"setup.sh ended with status {setup.read_text().strip()}")
        result.log = "".join((out / f"setup.{kind}").read_text("utf-8", "replace")[-3000:]
                             for kind in ("out", "err"))
        return
    for number, look in enumerate(looks):
        answer = scenario.Answer(out, number, look)
        result.genba += answer.seconds
        result.wrong += [f"{look.name}: {line}" for line in scenario.judge(look, answer)]


def select(names: list[str]) -> list[tuple[scenario.Scenario, str]]:
    """The scenarios and guests that are meant: 'all', 'ci', a scenario, or scenario@guest."""
    everything = [(one, guest) for one in scenario.load_all(ROOT) for guest in one.guests]
    chosen = []
    for name in names:
        found = [(one, guest) for one, guest in everything
                 if name in ("all", one.name, f"{one.name}@{guest}")
                 or (name == "ci" and one.ci and guest == one.guests[0])]
        if not found:
            known = ", ".join(sorted({one.name for one, _ in everything}))
            raise LabError(f"there is no scenario '{name}'", f"known: {known}; all; ci")
        chosen += [pair for pair in found if pair not in chosen]
    return chosen


def run(arguments) -> int:
    """Plays scenarios and prints the table."""
    chosen = select(arguments.names)
    qemu.version()
    results = []
    unavailable: dict[str, str] = {}
    with work_folder() as folder:
        for one, guest in chosen:
            if guest in unavailable:
                continue
            try:
                result = play(one, guest, arguments.genba, folder / f"{one.name}@{guest}")
            except LabUnavailable as error:
                unavailable[guest] = str(error)
                continue
            results.append(result)
            say(row(result))
            if result.wrong:
                keep_logs(result, folder / f"{one.name}@{guest}")
            shutil.rmtree(folder / f"{one.name}@{guest}", ignore_errors=True)
    failed = [result for result in results if result.wrong]
    print(HEAD)
    for result in results:
        print(row(result))
    for guest, why in unavailable.items():
        print(f"SKIPPED: no guest '{guest}': {why}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    if failed or (unavailable and os.environ.get("GENBA_NO_SKIPS")):
        return 1
    return 77 if set(unavailable) - {"server13"} else 0


HEAD = f"{'scenario':<28} {'guest':<9} {'ready s':>8} {'genba s':>8} {'total s':>8}  result"


def row(result: Result) -> str:
    """A scenario's line in the table."""
    ready = f"{result.ready:8.1f}" if result.ready else f"{'-':>8}"
    return (f"{result.name:<28} {result.guest:<9} {ready} {result.genba:8.1f} {result.total:8.1f}"
            f"  {'FAILED' if result.wrong else 'ok'}")


def keep_logs(result: Result, folder: Path):
    """Says what was wrong, and leaves all that the guest said in build/lab."""
    for line in result.wrong:
        say(f"  {line}")
    if result.log:
        say("  the end of its log:\n    " + "\n    ".join(result.log.strip().split("\n")[-25:]))
    kept = ROOT / "build/lab" / f"{result.name}@{result.guest}"
    shutil.rmtree(kept, ignore_errors=True)
    for part in (".", "rescue"):
        (kept / part).mkdir(parents=True, exist_ok=True)
        if (folder / part / "out").is_dir():
            shutil.copytree(folder / part / "out", kept / part / "out")
        for log in (folder / part).glob("*.log"):
            shutil.copy(log, kept / part)
    say(f"  all that it said: {kept.relative_to(ROOT)}")


def shell(arguments) -> int:
    """A shell in a guest, with a scenario's files in /root/lab."""
    scenarios = {one.name: one for one in scenario.load_all(ROOT)}
    one = scenarios.get(arguments.name)
    guest = one.guests[0] if one else arguments.name
    if guest not in scenario.GUESTS:
        raise LabError(f"there is no guest and no scenario '{arguments.name}'",
                       f"guests: {', '.join(scenario.GUESTS)}")
    qemu.version()
    with work_folder() as folder:
        if one:
            staged = scenario.stage(one, folder / "stage", ROOT, arguments.genba, one.looks)
        else:
            staged = folder / "stage"
            staged.mkdir()
            shutil.copy(arguments.genba, staged / "genba")
        greeting = "genba lies in /root/lab; 'sh -eu setup.sh' there plays a scenario's beginning.\n"
        if guest == "tiny":
            tiny.shell(folder, greeting + "Ctrl-A X ends the guest.\n", staged,
                       one.modules if one else [])
            return 0
        with server.running(guest, folder, say) as host:
            host.wait_for_ssh(60)
            host.carry(staged)
            say(greeting.strip())
            return subprocess.run(host.command(terminal=True), check=False).returncode


def show_list(_arguments) -> int:
    """Lists scenarios."""
    for one in scenario.load_all(ROOT):
        print(f"{one.name:<28} {', '.join(one.guests):<18} {'ci' if one.ci else '  '}  {one.about}")
    return 0


def clean(_arguments) -> int:
    """Removes what was built."""
    shutil.rmtree(ROOT / "build/lab", ignore_errors=True)
    stay = cache.remove_all(["kernel", *server.SUITES])
    if stay:
        say(f"{stay} of the images are being built or used, and stay")
    return 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev vm", description="victims that boot in seconds")
    parser.add_argument("--genba", type=Path, default=ROOT / "build/release/genba",
                        help="the static binary that is looked with")
    commands = parser.add_subparsers(required=True, metavar="list | run | shell | clean")
    commands.add_parser("list", help="the scenarios").set_defaults(act=show_list)
    one = commands.add_parser("run", help="play scenarios: NAME, NAME@GUEST, ci or all")
    one.add_argument("names", nargs="+", metavar="NAME")
    one.set_defaults(act=run)
    one = commands.add_parser("shell", help="a shell in a guest, or in a scenario's guest")
    one.add_argument("name", metavar="NAME")
    one.set_defaults(act=shell)
    commands.add_parser("clean", help="remove images and snapshots").set_defaults(act=clean)
    arguments = parser.parse_args()

    qemu.die_with_parent(signal.SIGTERM)

    def interrupted(number, _frame):
        raise KeyboardInterrupt(signal.Signals(number).name)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)  # unwinds, so that guests and files go too
    try:
        return arguments.act(arguments)
    except LabError as error:
        say(f"lab: {error}")
        if error.hint:
            say(f"     {error.hint}")
        if error.log:
            say(error.log)
        return 77 if isinstance(error, LabUnavailable) else 1
    except OSError as error:
        say(f"lab: {error}")
        return 1
    except KeyboardInterrupt:
        say("lab: interrupted; the guests are gone")
        return 130


if __name__ == "__main__":
    sys.exit(main())
