"""Events and commands as JSON lines: the only place that knows how they are written.

A line is UTF-8 JSON without line breaks, at most `MAX_LINE_BYTES` long. Reading never raises: what
is no event comes back as `Garbage`, because a library may print into the pipe at any time.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from spinegui.jobs.events import EVENT_TYPES, Event
from spinegui.storage.strict_json import Fields, StrictJsonError, parse_strict

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LINE_BYTES = 1 << 20
"""A longer line is garbage: no event of ours comes near it, and a reader must not fill memory."""

_EXCERPT = 120


@dataclass(frozen=True, slots=True)
class Garbage:
    """A line that is no event; `line` is its beginning."""

    line: str


_BY_KIND = {event.kind: event for event in EVENT_TYPES}
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""How numbers travel that JSON cannot write."""


def encode(event: Event) -> str:
    """Return the event as one line, without the line break."""
    data: dict[str, Any] = {"event": event.kind}
    for field in fields(event):
        value = getattr(event, field.name)
        data[field.name] = _writable(value) if isinstance(value, float) else value
    return json.dumps(data, allow_nan=False)


def decode(line: str | bytes) -> Event | Garbage:
    """Return the event that a line holds, or what it held instead."""
    try:
        if len(line) > MAX_LINE_BYTES:
            raise StrictJsonError("It is too long.")
        data = Fields.of(parse_strict(line), "The event")
        event = _BY_KIND[data.text("event")]
        values: dict[str, Any] = {
            f.name: _READERS[str(f.type)](data.values[f.name]) for f in fields(event)
        }
        return event(**values)
    except (ValueError, KeyError, OverflowError):
        shown = line.decode(errors="replace") if isinstance(line, bytes) else line
        return Garbage(shown.strip()[:_EXCERPT])


def _writable(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise StrictJsonError("It is not a text.")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise StrictJsonError("It is not a whole number.")
    return value


def _number(value: object) -> float:
    if isinstance(value, str):
        return _NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StrictJsonError("It is not a number.")
    return float(value)


_READERS: dict[str, Callable[[object], object]] = {
    "str": _text,
    "int": _whole,
    "float": _number,
    "float | None": lambda value: None if value is None else _number(value),
}


class Do(StrEnum):
    """What the worker can be told to do."""

    RUN = "run"
    CANCEL = "cancel"
    STOP_EARLY = "stop_early"


@dataclass(frozen=True, slots=True)
class Command:
    """One line to the worker: `target` is a job folder for RUN, else the identifier of a job."""

    do: Do
    target: str


def encode_command(command: Command) -> str:
    """Return the command as one line, without the line break."""
    key = "job_dir" if command.do is Do.RUN else "job_id"
    return json.dumps({"do": command.do.value, key: command.target})


def decode_command(line: str) -> Command | Garbage:
    """Return the command that a line holds; a line that is no JSON object is a job folder."""
    text = line.strip()
    if not text.startswith("{"):
        return Command(Do.RUN, text) if text else Garbage("")
    try:
        data = Fields.of(parse_strict(text), "The command")
        do = Do(data.text("do"))
        return Command(do, data.text("job_dir" if do is Do.RUN else "job_id"))
    except ValueError:
        return Garbage(text[:_EXCERPT])
