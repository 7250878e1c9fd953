# SPDX-License-Identifier: Apache-2.0
"""The lab about itself: what it believes, what it keeps, and guests that misbehave.

Guests are booted only where there is a QEMU and a kernel to be had; where not, that is said.
"""
import contextlib
import multiprocessing
import os
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from . import cache, initramfs, qemu, scenario, tiny
from .errors import LabError, LabUnavailable
from .scenario import Look, matches

ROOT = Path(__file__).resolve().parents[3]


class Scratch(unittest.TestCase):
    """A folder of the test's own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="genba-lab-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Expectations(unittest.TestCase):
    """matches() and judge()."""

    FINDING = {"type": "finding", "id": "f-1", "rule": "false_cd", "about": "intrusion",
               "severity": "high", "confidence": "likely", "says": "It runs.", "evidence": [],
               "subjects": [{"kind": "process", "pid": 7, "path": "/usr/bin/cd"}]}

    def answer(self, *lines, status=0):
        answer = scenario.Answer.__new__(scenario.Answer)
        answer.text = answer.stderr = ""
        answer.status, answer.lines, answer.seconds = status, list(lines), 0.0
        return answer

    def judged(self, answer, **expected):
        return scenario.judge(Look("look", ["triage", "--json"], "", "guest", expected), answer)

    def test_part_of_a_row_is_enough_and_another_value_is_not(self):
        self.assertTrue(matches({"subjects": [{"kind": "process"}]}, self.FINDING))
        self.assertTrue(matches({"severity": {"at_least": "medium"}}, self.FINDING))
        self.assertFalse(matches({"severity": {"at_least": "critical"}}, self.FINDING))
        self.assertFalse(matches({"subjects": [{"kind": "process", "pid": 8}]}, self.FINDING))
        self.assertFalse(matches({"nosuch": "x"}, self.FINDING))
        self.assertTrue(matches({"like": "run"}, "It runs."))
        self.assertFalse(matches({"at_least": 2}, None))
        self.assertFalse(matches({"at_least": "high"}, 7))

    def test_what_is_missing_is_told(self):
        summary = {"type": "summary", "verdict": "nothing found"}
        found = self.answer(self.FINDING, summary)
        self.assertEqual(self.judged(found, finds=[{"rule": "false_cd"}]), [])
        self.assertEqual(len(self.judged(found, finds=[{"rule": "nosuch"}])), 1)
        self.assertEqual(len(self.judged(found, finds_not=[{"rule": "false_cd"}])), 1)
        self.assertEqual(len(self.judged(found, verdict="suspicious")), 1)
        self.assertEqual(len(self.judged(found, exit=1)), 1)
        self.assertEqual(len(self.judged(self.answer(), verdict="nothing found")), 2)
        self.assertEqual(len(self.judged(self.answer(), finds_not=[{}])), 1, "no summary")
        self.assertEqual(len(self.judged(self.answer(summary, status=139), finds_not=[{}])), 1)

    def test_false_alarm_is_of_an_intrusion_and_severe_enough(self):
        weakness = {**self.FINDING, "about": "weakness"}
        low = {**self.FINDING, "severity": "low"}
        summary = {"type": "summary"}
        self.assertEqual(self.judged(self.answer(weakness, low, summary), quiet_from="medium"), [])
        self.assertEqual(len(self.judged(self.answer(self.FINDING, summary),
                                         quiet_from="medium")), 1)

    def test_parts_of_two_incidents_are_not_one_story(self):
        other = {**self.FINDING, "id": "f-2", "rule": "cron"}
        both = [{"rule": "false_cd"}, {"rule": "cron"}]
        summary = {"type": "summary"}
        apart = [summary, *({"type": "incident", "says": "", "findings": [one]}
                            for one in ("f-1", "f-2"))]
        whole = {"type": "incident", "says": "", "findings": ["f-1", "f-2"]}
        self.assertEqual(len(self.judged(self.answer(self.FINDING, other, *apart),
                                         incident=both)), 1)
        self.assertEqual(self.judged(self.answer(self.FINDING, other, whole, summary), incident=both), [])


class Files(Scratch):
    """Scenario files."""

    GOOD = 'about = "x"\nguest = "tiny"\n[[look]]\ngenba = ["triage"]\nexit = 0\n'

    def load(self, text):
        (self.folder / "scenario.toml").write_text(text)
        return scenario.load(self.folder)

    def test_mistakes_are_refused(self):
        self.assertEqual(self.load(self.GOOD).guests, ["tiny"])
        for text in (self.GOOD + "exitt = 1\n", self.GOOD.replace("exit = 0\n", ""),
                     self.GOOD.replace("tiny", "windows"), "colour = 1\n" + self.GOOD,
                     'about = "x"\nguest = "tiny"\n', self.GOOD + 'on = "disk"\n', "about ="):
            with self.assertRaises(LabError, msg=text):
                self.load(text)

    def test_argument_is_read_from_a_file_of_the_guest(self):
        program = self.folder / "genba"
        program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
        program.chmod(0o755)
        look = Look("look", ["contain", "freeze", "@pid", "a b;@pid"], "", "guest", {"exit": 0})
        scenario.add_looks(self.folder, [look])
        (self.folder / "pid").write_text("4 2\n")
        said = subprocess.run(["sh", "looks/00-look.sh"], cwd=self.folder, capture_output=True,
                              text=True, check=True).stdout
        self.assertEqual(said, "contain|freeze|4 2|a b;@pid|")

    def test_all_scenarios_can_be_read(self):
        names = [one.name for one in scenario.load_all(ROOT)]
        self.assertIn("clean-boot-tiny", names)


def _build_slowly(folder: Path):
    with open(folder.parent / "built", "ab") as log:
        log.write(b"x")
    (folder / "content").write_text("whole")


def _use(root: str):
    os.environ["GENBA_LAB_CACHE"] = root
    with cache.entry("image", "k" * 16, _build_slowly) as folder:
        assert (folder / "content").read_text() == "whole"


class Cache(Scratch):
    """What is kept."""

    def setUp(self):
        super().setUp()
        before = os.environ.get("GENBA_LAB_CACHE")
        os.environ["GENBA_LAB_CACHE"] = str(self.folder)
        self.addCleanup(lambda: os.environ.pop("GENBA_LAB_CACHE") if before is None
                        else os.environ.update(GENBA_LAB_CACHE=before))

    def test_stale_entry_is_built_anew_and_removed(self):
        for key in ("a" * 16, "b" * 16):
            with cache.entry("image", key, _build_slowly) as folder:
                self.assertEqual(folder.name, f"image-{key}")
        self.assertEqual([p.name for p in self.folder.glob("image-*")], ["image-" + "b" * 16])
        self.assertNotEqual(cache.key_of("recipe"), cache.key_of("another"))

    def test_entry_that_somebody_uses_stays(self):
        with cache.entry("image", "a" * 16, _build_slowly) as used:
            with cache.entry("image", "b" * 16, _build_slowly):
                self.assertTrue((used / "content").exists())
            self.assertEqual(cache.remove_all(["image"]), 1)
        self.assertEqual(cache.remove_all(["image"]), 0)
        self.assertEqual(list(self.folder.glob("image-*")), [])

    def test_failed_build_leaves_nothing(self):
        def fail(_folder):
            raise LabError("no")
        with self.assertRaises(LabError), cache.entry("image", "a" * 16, fail):
            pass
        self.assertEqual(list(self.folder.glob("image-*")), [])

    def test_two_at_once_build_once(self):
        users = [multiprocessing.Process(target=_use, args=(str(self.folder),)) for _ in range(4)]
        for user in users:
            user.start()
        for user in users:
            user.join()
            self.assertEqual(user.exitcode, 0)
        self.assertEqual((self.folder / "built").read_bytes(), b"x")


def _lab_is_here() -> str:
    """Why no guest can be booted; empty if one can."""
    try:
        qemu.version()
        if not initramfs.busybox_is_here():
            return "there is no static busybox"
        with tiny.kernel():
            return ""
    except LabUnavailable as error:
        return str(error)


def _emulators() -> set[str]:
    lines = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.add(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
    return {line for line in lines if line.startswith(qemu.BINARY)}


class Guests(Scratch):
    """Guests that do not do what they should."""

    @classmethod
    def setUpClass(cls):
        missing = _lab_is_here()
        if missing:
            print(f"SKIPPED: no guest was booted: {missing}")
            raise unittest.SkipTest(missing)

    def play(self, setup: str, seconds: float = 60, name: str = "guest"):
        folder = self.folder / name
        folder.mkdir()
        try:
            return tiny.play(folder, seconds, files={"root/lab/setup.sh": setup.encode()})
        finally:
            mine = [line for line in _emulators() if str(folder) in line]
            self.assertEqual(mine, [], "a guest was left running")

    def test_guest_that_hangs_is_ended_and_its_console_shown(self):
        with self.assertRaises(LabError) as raised:
            self.play("echo the last words >/dev/console; sleep 1000", 60)
        self.assertIn("did not end within 60 s", str(raised.exception))
        self.assertIn("the last words", raised.exception.log)

    def test_guest_that_fills_its_console_is_ended(self):
        limit, qemu.CONSOLE_LIMIT = qemu.CONSOLE_LIMIT, 32 << 10
        try:
            with self.assertRaises(LabError) as raised:
                self.play("yes >/dev/console")
        finally:
            qemu.CONSOLE_LIMIT = limit
        self.assertIn("filled its console", str(raised.exception))

    def test_guest_that_panics_is_told_with_its_log(self):
        with self.assertRaises(LabError) as raised:
            self.play("echo c >/proc/sysrq-trigger")
        self.assertIn("without sending its results", str(raised.exception))
        self.assertIn("sysrq", raised.exception.log)

    def test_kernel_that_never_boots_is_told(self):
        (self.folder / "kernel").write_bytes(b"no kernel")
        with self.assertRaises(LabError) as raised:
            with qemu.Guest(self.folder, 64, ["-kernel", str(self.folder / "kernel")]) as guest:
                guest.wait_for_end(20, self.folder / "none")
        self.assertIn("QEMU ended with status", str(raised.exception))

    def test_two_at_once_do_not_collide(self):
        outs = {}

        def play(name):
            with contextlib.suppress(LabError):
                outs[name] = self.play(f"echo {name}", 120, name)
        players = [threading.Thread(target=play, args=(name,)) for name in ("one", "two")]
        for player in players:
            player.start()
        for player in players:
            player.join()
        self.assertEqual({name: (out / "setup.out").read_text() for name, out in outs.items()},
                         {"one": "one\n", "two": "two\n"})


if __name__ == "__main__":
    unittest.main()
