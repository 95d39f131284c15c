from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from spinegui import __version__
from spinegui.jobs.events import Cancelled, Done, Event, Failed, Progress, Started
from spinegui.jobs.wire import Command, Do, decode, encode_command
from tests.support.workshop import PATIENCE_S, ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from tests.support.workshop import Workshop

WORKER = [sys.executable, "-m", "spinegui.worker"]


def run_by_hand(*arguments: str, stdin: int | IO[bytes]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*WORKER, *arguments],
        stdin=stdin,
        capture_output=True,
        timeout=PATIENCE_S,
        cwd=ROOT,
        check=False,
    )


def events_of(output: bytes) -> list[Event]:
    """Every line is an event, heartbeats left out."""
    events = [decode(line) for line in output.splitlines()]
    assert all(hasattr(e, "seq") for e in events), events
    return [e for e in events if e.kind != "heartbeat"]


@pytest.mark.parametrize(
    ("behaviour", "code", "ending"), [("babble", 0, Done), ("refuse", 1, Failed)]
)
def test_that_a_job_runs_by_hand_without_a_stdin(
    workshop: Workshop, behaviour: str, code: int, ending: type[Event]
) -> None:
    done = run_by_hand(str(workshop.detect(behaviour)), stdin=subprocess.DEVNULL)
    assert done.returncode == code
    events = events_of(done.stdout)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], ending)


def test_that_job_folders_can_be_served_from_a_file(workshop: Workshop) -> None:
    jobs = [workshop.detect(), workshop.new_folder(), workshop.detect()]
    path = workshop.folder / "jobs.txt"
    path.write_text("\n".join([*map(str, jobs), '{"do": "dance"}', ""]), encoding="utf-8")
    with path.open("rb") as file:
        done = run_by_hand("--serve", stdin=file)
    assert done.returncode == 0
    endings = [e for e in events_of(done.stdout) if isinstance(e, Done | Failed)]
    assert [(e.job_id, e.kind) for e in endings] == [
        (jobs[0].name, "done"), (jobs[1].name, "failed"), (jobs[2].name, "done")
    ]  # fmt: skip
    assert b"Not a command" in done.stderr


def test_that_the_probe_prints_one_json_line() -> None:
    done = run_by_hand("--probe", stdin=subprocess.DEVNULL)
    assert done.returncode == 0
    assert json.loads(done.stdout)["version"] == __version__


def test_that_bad_arguments_are_told_apart() -> None:
    for arguments in ([], ["--serve", "--probe"], ["--dance"]):
        assert run_by_hand(*arguments, stdin=subprocess.DEVNULL).returncode == 2


def test_that_the_end_of_stdin_ends_a_busy_worker(workshop: Workshop) -> None:
    with subprocess.Popen(
        [*WORKER, str(workshop.detect("deaf"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    ) as worker:  # fmt: skip
        assert worker.stdin is not None
        wait_for_busy(worker.stdout)
        worker.stdin.close()
        assert worker.wait(PATIENCE_S) != 0


def test_that_a_worker_whose_listener_is_gone_ends(workshop: Workshop) -> None:
    with subprocess.Popen(
        [*WORKER, str(workshop.detect("deaf"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    ) as worker:  # fmt: skip
        wait_for_busy(worker.stdout)
        assert worker.stdout is not None
        worker.stdout.close()
        assert worker.wait(PATIENCE_S) != 0


def test_that_a_cancel_line_cancels_and_says_130(workshop: Workshop) -> None:
    job_dir = workshop.detect("patient")
    with subprocess.Popen(
        [*WORKER, str(job_dir)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    ) as worker:  # fmt: skip
        assert worker.stdin is not None
        assert worker.stdout is not None
        wait_for_busy(worker.stdout)
        for job_id in ("another-job", job_dir.name):
            worker.stdin.write(f"{encode_command(Command(Do.CANCEL, job_id))}\n".encode())
        worker.stdin.flush()
        events = events_of(worker.stdout.read())
        assert isinstance(events[-1], Cancelled)
        assert worker.wait(PATIENCE_S) == 130


def test_that_ctrl_c_by_hand_cancels(workshop: Workshop) -> None:
    with subprocess.Popen(
        [*WORKER, str(workshop.detect("patient"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    ) as worker:  # fmt: skip
        assert worker.stdout is not None
        wait_for_busy(worker.stdout)
        os.kill(worker.pid, signal.SIGINT)
        assert isinstance(events_of(worker.stdout.read())[-1], Cancelled)
        assert worker.wait(PATIENCE_S) == 130


def wait_for_busy(stdout: IO[bytes] | None) -> None:
    assert stdout is not None
    for line in stdout:
        event = decode(line)
        if isinstance(event, Progress) and event.stage == "Waiting":
            return
    pytest.fail("the worker ended")


def test_that_results_of_an_earlier_attempt_do_not_stay(workshop: Workshop, tmp_path: Path) -> None:
    del tmp_path
    job_dir = workshop.detect()
    (job_dir / "result").mkdir()
    (job_dir / "result" / "000007.npz").write_bytes(b"old")
    assert run_by_hand(str(job_dir), stdin=subprocess.DEVNULL).returncode == 0
    assert [p.name for p in (job_dir / "result").iterdir()] == ["000000.npz"]
