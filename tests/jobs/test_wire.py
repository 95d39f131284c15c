from __future__ import annotations

import json
import math

import pytest

from spinegui.jobs.events import Metric, Progress, Started
from spinegui.jobs.wire import (
    MAX_LINE_BYTES,
    Command,
    Do,
    Garbage,
    decode,
    decode_command,
    encode,
    encode_command,
)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Epoch 1/10",
        "{}",
        "[1, 2]",
        "null",
        '{"event": "started"}',
        '{"event": "explode", "job_id": "a", "seq": 0}',
        '{"event": "done", "job_id": "a", "seq": "0", "result_dir": "r"}',
        '{"event": "done", "job_id": "a", "seq": true, "result_dir": "r"}',
        '{"event": "progress", "job_id": "a", "seq": 0, "done": 1.5, "total": 2, '
        '"seconds_left": null, "stage": ""}',
        '{"event": "metric", "job_id": "a", "seq": 0, "name": "m", "value": NaN, "step": 0}',
        '{"event": "metric", "job_id": "a", "seq": 0, "name": "m", "value": "much", "step": 0}',
        '{"event": "metric", "job_id": "a", "seq": 0, "name": "m", "value": 1'
        + "0" * 400
        + ', "step": 0}',
        "[" * 100_000,
        b"\xff\xfe\x00",
        b'{"event": "done"',
    ],
)
def test_that_a_line_that_is_no_event_is_garbage(line: str | bytes) -> None:
    assert isinstance(decode(line), Garbage)


def test_that_a_line_over_the_limit_is_garbage_and_kept_short() -> None:
    found = decode(b"x" * (MAX_LINE_BYTES + 1))
    assert isinstance(found, Garbage)
    assert len(found.line) < 200


def test_that_numbers_json_cannot_write_arrive() -> None:
    for value in (math.inf, -math.inf):
        line = encode(Metric("a", 1, "loss", value, 3))
        json.loads(line, parse_constant=pytest.fail)
        assert decode(line) == Metric("a", 1, "loss", value, 3)
    found = decode(encode(Metric("a", 1, "loss", math.nan, 3)))
    assert isinstance(found, Metric)
    assert math.isnan(found.value)


def test_that_a_field_of_a_later_version_is_passed_over() -> None:
    data = json.loads(encode(Started("a", 0, "1.0", 7)))
    assert decode(json.dumps({**data, "mood": "fine"})) == Started("a", 0, "1.0", 7)


def test_that_an_unknown_time_left_stays_unknown() -> None:
    event = Progress("a", 0, 1, 9, None, "Train")
    assert decode(encode(event)) == event


@pytest.mark.parametrize("do", Do)
def test_that_a_command_survives_the_pipe(do: Do) -> None:
    command = Command(do, 'a "b"\n\\ é')
    assert "\n" not in encode_command(command)
    assert decode_command(encode_command(command)) == command


def test_that_a_bare_line_names_a_job_folder() -> None:
    assert decode_command("/data/my job\n") == Command(Do.RUN, "/data/my job")


@pytest.mark.parametrize("line", ["\n", "{", '{"do": "dance"}', '{"do": "cancel"}'])
def test_that_what_is_no_command_is_garbage(line: str) -> None:
    assert isinstance(decode_command(line), Garbage)
