"""A log as entries, and a file of it followed while it grows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAX_BYTES = 1 << 20
"""So much of the end of a file is shown; more is in the folder."""
_HEAD = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:,\d+)? (?P<level>[A-Z]+) (?P<text>.*)$"
)
_SAYS_LEVEL = re.compile(r"\b(WARNING|ERROR|CRITICAL|Warning|Error|Traceback)\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was written; `text` may have several lines, `time` is "" where none stood."""

    time: str
    level: str
    text: str

    def fits(self, level: str, words: str) -> bool:
        """Tell whether it is of that level or above and holds every word."""
        everything = f"{self.time} {self.level} {self.text}".casefold()
        is_grave = LEVELS.index(self.level) >= LEVELS.index(level)
        return is_grave and all(word in everything for word in words.casefold().split())


def entries_of(lines: Iterable[str]) -> list[Entry]:
    """Return the entries of a log; a line without a head goes on with the one before it."""
    found: list[Entry] = []
    for line in lines:
        head = _HEAD.match(line)
        if head is not None and head["level"] in LEVELS:
            found.append(Entry(head["time"], head["level"], head["text"]))
        elif found and found[-1].time:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{line}")
        elif line.strip():
            found.append(Entry("", _told_level(line), line))
    return found


def _told_level(line: str) -> str:
    told = _SAYS_LEVEL.search(line)
    if told is None:
        return "INFO"
    return "WARNING" if told[1].casefold() == "warning" else "ERROR"


class FollowedFile:
    """A text file read from where the last look ended; one that shrank is read anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self._rest = b""

    def new_lines(self) -> tuple[bool, list[str]]:
        """Return whether the file began anew, and its whole lines since the last look.

        A file that is not there, or not yet, has none.
        """
        try:
            size = self.path.stat().st_size
            is_new = self._offset == 0 or size < self._offset
            if is_new:
                self._offset, self._rest = max(0, size - MAX_BYTES), b""
            if size == self._offset:
                return False, []
            with self.path.open("rb") as file:
                file.seek(self._offset)
                raw = file.read(MAX_BYTES)
        except OSError:
            return False, []
        self._offset += len(raw)
        *whole, self._rest = (self._rest + raw).split(b"\n")
        return is_new, [line.decode("utf-8", "replace").rstrip("\r") for line in whole]
