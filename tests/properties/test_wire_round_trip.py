from __future__ import annotations

from dataclasses import fields
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spinegui.jobs.events import EVENT_TYPES, Event
from spinegui.jobs.wire import Garbage, decode, encode

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "str": st.text(),
    "int": st.integers(-(2**70), 2**70),
    "float": st.floats(allow_nan=False),
    "float | None": st.none() | st.floats(allow_nan=False),
}


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(EVENT_TYPES))
    return kind(**{f.name: draw(_VALUES[str(f.type)]) for f in fields(kind)})


@given(events())
def test_that_every_event_survives_the_pipe(event: Event) -> None:
    line = encode(event)
    assert len(line.splitlines()) == 1
    assert decode(line) == event
    assert decode(line.encode()) == event


@given(st.binary() | st.text())
def test_that_reading_a_line_never_raises(line: bytes | str) -> None:
    assert isinstance(decode(line), Garbage)


@given(events(), st.integers(0, 60))
def test_that_half_an_event_is_garbage(event: Event, cut: int) -> None:
    line = encode(event)
    assert isinstance(decode(line[: len(line) - 1 - cut % (len(line) - 1)]), Garbage)
