# SPDX-License-Identifier: Apache-2.0
"""Scenarios: reading tests/lab/NAME/scenario.toml, and judging what genba said against it.

docs/lab.md tells what may stand in the file. An unknown key is an error: a check that is spelt wrong
must not pass.
"""
import json
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from . import tiny
from .errors import LabError, end_of

GUESTS = ("tiny", "server", "server13")
SEVERITIES = ["info", "low", "medium", "high", "critical"]
TOP_KEYS = {"about", "guest", "ci", "seconds", "fixtures", "modules", "look"}
PLAYED = {"name", "genba", "before", "on"}
OF_JSON = {"verdict", "quiet_from", "finds", "finds_not", "incident", "incident_says", "rows",
           "rows_not", "row_count"}
LOOK_KEYS = PLAYED | {"exit", "verdict", "quiet_from", "finds", "finds_not", "incident",
                      "incident_says", "rows", "rows_not", "row_count", "says", "stderr"}


@dataclass
class Look:
    """One run of genba and what is expected of it."""
    name: str
    genba: list[str]
    before: str
    on: str = "guest"
    expected: dict = field(default_factory=dict)


@dataclass
class Scenario:
    """A folder of tests/lab."""
    name: str
    folder: Path
    about: str
    guests: list[str]
    ci: bool
    seconds: float
    fixtures: list[str]
    modules: list[str]
    looks: list[Look]


def load(folder: Path) -> Scenario:
    """Reads and checks a scenario."""
    path = folder / "scenario.toml"
    try:
        given = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LabError(f"{path}: {error}") from None
    _known(path, given, TOP_KEYS)
    guests = given.get("guest", [])
    guests = [guests] if isinstance(guests, str) else guests
    if not guests or any(guest not in GUESTS for guest in guests):
        raise LabError(f"{path}: 'guest' must be one or a list of {', '.join(GUESTS)}")
    looks: list[Look] = []
    for one in given.get("look", []):
        _known(path, one, LOOK_KEYS)
        look = Look(one.get("name", f"look{len(looks) + 1}"), one.get("genba", []),
                    one.get("before", ""), one.get("on", "guest"),
                    {key: one[key] for key in one if key not in PLAYED})
        if not look.genba or not look.expected:
            raise LabError(f"{path}: look '{look.name}' must say what genba is called with, and "
                           "what is expected")
        if "--json" not in look.genba and set(look.expected) & OF_JSON:
            raise LabError(f"{path}: look '{look.name}': what is expected needs --json")
        if look.expected.get("quiet_from", "info") not in SEVERITIES:
            raise LabError(f"{path}: look '{look.name}': 'quiet_from' is a severity")
        if look.on not in ("guest", "disk") or (look.on == "disk" and "tiny" in guests):
            raise LabError(f"{path}: look '{look.name}': 'on' is \"guest\", or \"disk\" of a server")
        looks.append(look)
    if not looks or "about" not in given:
        raise LabError(f"{path}: a scenario needs 'about' and at least one [[look]]")
    if len({look.name for look in looks}) != len(looks):
        raise LabError(f"{path}: two looks have one name")
    return Scenario(folder.name, folder, given["about"], guests, given.get("ci", False),
                    given.get("seconds", 300), given.get("fixtures", []), given.get("modules", []),
                    looks)


def _known(path: Path, given: dict, keys: set[str]):
    unknown = set(given) - keys
    if unknown:
        raise LabError(f"{path}: unknown key '{min(unknown)}'; known: {', '.join(sorted(keys))}")


def load_all(root: Path) -> list[Scenario]:
    """All scenarios, by name."""
    return [load(path.parent) for path in sorted((root / "tests/lab").glob("*/scenario.toml"))]


def stage(scenario: Scenario, folder: Path, root: Path, genba: Path, looks: list[Look]) -> Path:
    """The folder that is carried into the guest as /root/lab."""
    shutil.copytree(scenario.folder, folder, symlinks=True)
    (folder / "scenario.toml").unlink()
    shutil.copy(genba, folder / "genba")
    shutil.copy(tiny.HERE / "play.sh", folder / "play.sh")
    for name in scenario.fixtures:
        source = root / "tests/fixtures" / f"{name}.cc"
        build_fixture(source if source.exists() else scenario.folder / f"{name}.cc", folder / name)
    add_looks(folder, looks)
    return folder


def add_looks(folder: Path, looks: list[Look]):
    """Writes looks/NAME.sh for each, in order."""
    (folder / "looks").mkdir()
    for number, look in enumerate(looks):
        base = folder / "looks" / f"{number:02}-{look.name}"
        words = " ".join(map(_for_shell, look.genba))
        base.with_suffix(".sh").write_text(f"exec ./genba {words}\n")
        if look.before:
            base.with_suffix(".before").write_text(f"{look.before}\n")


def _for_shell(argument: str) -> str:
    """`@FILE` is what FILE says in the guest by then, such as a process's number."""
    if not argument.startswith("@"):
        return shlex.quote(argument)
    return f'"$(cat {shlex.quote(argument[1:])})"'


def build_fixture(source: Path, target: Path):
    """A static program for the guest, harmless and marked."""
    built = subprocess.run(["g++", "-std=c++20", "-O1", "-static", "-o", str(target), str(source)],
                           capture_output=True, text=True, check=False)
    if built.returncode != 0:
        raise LabError(f"{source} does not build", log=built.stderr)


class Answer:
    """What a look printed."""

    def __init__(self, out: Path, number: int, look: Look):
        base = out / f"{number:02}-{look.name}"
        try:
            self.text = base.with_suffix(".out").read_text("utf-8", "surrogateescape")
            self.stderr = base.with_suffix(".err").read_text("utf-8", "surrogateescape")
            self.status = int(base.with_suffix(".status").read_text())
            begin, end = base.with_suffix(".seconds").read_text().split()
        except (OSError, ValueError):
            raise LabError(f"look '{look.name}' was not played",
                           log=end_of(base.with_suffix(".before"))) from None
        self.seconds = float(end) - float(begin)
        self.lines = []
        if "--json" in look.genba:
            try:
                self.lines = [json.loads(line) for line in self.text.splitlines()]
            except ValueError as error:
                raise LabError(f"look '{look.name}' printed no JSON lines: {error}",
                               log=self.text[:2000] + self.stderr[:2000]) from None

    def of_type(self, kind: str) -> list[dict]:
        """The lines of a triage with that type."""
        return [line for line in self.lines if line.get("type") == kind]


def matches(pattern, value) -> bool:
    """Whether a value is as a pattern says: a table's keys each match; a list's items each match
    one; `at_least` of severities and numbers, `like` (contains) of texts; else they are equal."""
    if isinstance(pattern, dict):
        if set(pattern) == {"at_least"}:
            least = pattern["at_least"]
            if isinstance(least, str):
                return value in SEVERITIES and SEVERITIES.index(value) >= SEVERITIES.index(least)
            return isinstance(value, (int, float)) and value >= least
        if set(pattern) == {"like"}:
            return isinstance(value, str) and pattern["like"] in value
        if isinstance(value, list):
            return any(matches(pattern, one) for one in value)
        return isinstance(value, dict) and all(
            matches(wanted, value.get(key)) for key, wanted in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(
            any(matches(wanted, one) for one in value) for wanted in pattern)
    return pattern == value


def brief(finding: dict) -> str:
    """A finding as one line for a person."""
    return f"[{finding['severity']}, {finding['confidence']}] {finding['rule']}: {finding['says']}"


def judge(look: Look, answer: Answer) -> list[str]:
    """What is not as expected, one line each."""
    wrong: list[str] = []
    if "exit" not in look.expected and answer.status not in (0, 1):
        wrong.append(f"exit code {answer.status}: {answer.stderr.strip()[:500]}")
    if "triage" in look.genba and "--json" in look.genba and not answer.of_type("summary"):
        wrong.append("the triage has no summary")
    findings = answer.of_type("finding")
    told = "\n    ".join(["", *map(brief, findings)]) if findings else " none"
    for key, wanted in look.expected.items():
        if key == "exit" and answer.status != wanted:
            wrong.append(f"exit code {answer.status}, not {wanted}: {answer.stderr.strip()[:500]}")
        elif key == "verdict":
            verdict = (answer.of_type("summary") or [{}])[0].get("verdict")
            if verdict != wanted:
                wrong.append(f"the verdict is '{verdict}', not '{wanted}'; findings:{told}")
        elif key == "quiet_from":
            loud = [f for f in findings if f["about"] == "intrusion"
                    and SEVERITIES.index(f["severity"]) >= SEVERITIES.index(wanted)]
            wrong += [f"a false alarm: {brief(f)}\n    {json.dumps(f['evidence'])[:1500]}"
                      for f in loud]
        elif key == "finds":
            wrong += [f"not found: {p}; findings:{told}" for p in wanted
                      if not any(matches(p, f) for f in findings)]
        elif key == "finds_not":
            wrong += [f"must not be found: {brief(f)}" for p in wanted for f in findings
                      if matches(p, f)]
        elif key == "incident":
            wrong += _judge_incident(wanted, answer, findings)
        elif key == "incident_says":
            stories = [incident["says"] for incident in answer.of_type("incident")]
            wrong += [f"no incident says '{text}': {stories}" for text in wanted
                      if not any(text in story for story in stories)]
        elif key == "rows":
            wrong += [f"no row is {p}; there are {len(answer.lines)}, such as "
                      f"{answer.lines[:3]}" for p in wanted
                      if not any(matches(p, row) for row in answer.lines)]
        elif key == "rows_not":
            wrong += [f"a row that must not be: {row}" for p in wanted for row in answer.lines
                      if matches(p, row)]
        elif key == "row_count":
            if not matches(wanted, len(answer.lines)):
                wrong.append(f"{len(answer.lines)} rows, not {wanted}: {answer.lines[:20]}")
        elif key == "says":
            wrong += [f"it does not say '{text}':\n{answer.text[:1500]}" for text in wanted
                      if text not in answer.text]
        elif key == "stderr" and wanted not in answer.stderr:
            wrong.append(f"stderr does not say '{wanted}': {answer.stderr[:500]}")
    return wrong


def _judge_incident(wanted: list[dict], answer: Answer, findings: list[dict]) -> list[str]:
    """One incident must hold a finding for each pattern."""
    missing = []
    for incident in answer.of_type("incident"):
        held = [f for f in findings if f["id"] in incident["findings"]]
        absent = [p for p in wanted if not any(matches(p, f) for f in held)]
        if not absent:
            return []
        missing.append(f"'{incident['says']}' lacks {absent}")
    return ["no incident holds all of it: " + ("; ".join(missing) or "there is none")]
