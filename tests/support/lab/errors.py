# SPDX-License-Identifier: Apache-2.0
"""What can go wrong in the lab, as one line for a person and what to do about it."""


class LabError(Exception):
    """A scenario, a guest or an image failed; `log` is a text to show below the line."""

    def __init__(self, what: str, hint: str = "", log: str = ""):
        super().__init__(what)
        self.hint = hint
        self.log = log


class LabUnavailable(LabError):
    """The lab cannot be had on this machine (no QEMU, no archive): no scenario's fault."""


def end_of(path, most: int = 4000) -> str:
    """The last bytes of a log, printable; a missing one is an empty text."""
    try:
        with open(path, "rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - most))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "".join(c if c in "\n\t" or c.isprintable() else "?" for c in text.replace("\r", ""))
