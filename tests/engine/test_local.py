"""The local engine's own facts: the warm worker, the interpreter, the end."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from spinegui import __version__
from spinegui.engine.handle import JobState
from spinegui.engine.run import run_blocking
from spinegui.jobs.events import Cancelled, Done, Failed, LogLine, Progress, Started
from tests.support.trainings import train_job
from tests.support.workshop import PATIENCE_S, Heard, Workshop, wait_until_gone

if TYPE_CHECKING:
    from spinegui.engine.local import LocalEngine
    from spinegui.jobs.events import Event

NO_SPINEGUI = """
os.environ.pop("PYTHONPATH", None)
os.execv(sys.executable, [sys.executable, "-S", *sys.argv[1:]])"""
OTHER_VERSION = """
print('{"event": "started", "job_id": "", "seq": 0, "version": "0.0.1", "pid": 1}', flush=True)
sys.stdin.read()"""
OTHER_VERSION_PROBED = """
print('{"python": "p", "version": "0.0.1", "python_version": "3", "backends": [], "libraries": [],'
      ' "devices": []}')"""


def test_that_the_warm_worker_stays(engine: LocalEngine, workshop: Workshop) -> None:
    engine.warm()
    pids = set()
    for _ in range(3):
        heard = Heard()
        assert isinstance(engine.submit_warm(workshop.detect(), heard).wait(PATIENCE_S), Done)
        pids.add(heard.wait_for(Started).pid)
    assert len(pids) == 1


def test_that_jobs_wait_their_turn_in_the_warm_worker(
    engine: LocalEngine, workshop: Workshop
) -> None:
    order: list[str] = []

    def note(event: Event) -> None:
        if isinstance(event, Started | Done | Cancelled):
            order.append(f"{event.kind} {event.job_id}")

    first = Heard()
    long = engine.submit_warm(workshop.detect("patient"), first)
    given_up = engine.submit_warm(workshop.detect(), note)
    last = engine.submit_warm(workshop.detect(), note)
    first.wait_for(Progress, lambda e: e.stage == "Waiting")
    assert given_up.state is JobState.QUEUED
    given_up.cancel()
    assert isinstance(given_up.wait(PATIENCE_S), Cancelled)
    long.cancel()
    assert isinstance(last.wait(PATIENCE_S), Done)
    assert order == [
        f"cancelled {given_up.job_id}", f"started {last.job_id}", f"done {last.job_id}"
    ]  # fmt: skip


def test_that_a_killed_warm_worker_comes_back_for_the_next_job(
    engine: LocalEngine, workshop: Workshop
) -> None:
    heard = Heard()
    engine.submit_warm(workshop.detect(), heard).wait(PATIENCE_S)
    pid = heard.wait_for(Started).pid
    os.kill(pid, signal.SIGKILL)
    # Whether or not the engine has heard of it yet, the job is not lost.
    again = Heard()
    assert isinstance(engine.submit_warm(workshop.detect(), again).wait(PATIENCE_S), Done)
    assert again.wait_for(Started).pid != pid


def test_that_a_model_whose_files_changed_is_refused(
    engine: LocalEngine, workshop: Workshop
) -> None:
    job_dir = workshop.detect("good")
    parameters = workshop.model("good") / "behaviour.txt"
    assert isinstance(engine.submit_warm(job_dir, Heard()).wait(PATIENCE_S), Done)
    parameters.write_text("segfault", encoding="utf-8")
    ending = engine.submit_warm(job_dir, Heard()).wait(PATIENCE_S)
    parameters.write_text("good", encoding="utf-8")
    assert isinstance(ending, Failed)
    assert "behaviour.txt" in ending.what


@pytest.mark.parametrize("way", ["own", "warm"])
def test_that_a_missing_interpreter_is_said(workshop: Workshop, way: str) -> None:
    engine = workshop.engine(python=workshop.folder / "no-python")
    engine.warm()
    submit = engine.submit if way == "own" else engine.submit_warm
    for _ in range(2):
        ending = submit(workshop.detect(), Heard()).wait(PATIENCE_S)
        assert isinstance(ending, Failed)
        assert "could not be started" in ending.what
        assert "settings" in ending.what_to_do


@pytest.mark.parametrize("way", ["own", "warm"])
@pytest.mark.parametrize(
    ("code", "what"),
    [
        (NO_SPINEGUI, "The worker's Python lacks spinegui."),
        (OTHER_VERSION, f"The worker runs spinegui 0.0.1, this program is {__version__}."),
    ],
)
def test_that_an_unfit_interpreter_is_said(
    workshop: Workshop, way: str, code: str, what: str
) -> None:
    engine = workshop.engine(python=workshop.interpreter(code))
    heard = Heard()
    submit = engine.submit if way == "own" else engine.submit_warm
    ending = submit(workshop.detect(), heard).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert ending.what == what
    assert "install spinegui" in ending.what_to_do.lower()
    assert heard.endings == [ending]


def test_that_the_probe_tells_what_an_interpreter_can_do(engine: LocalEngine) -> None:
    found = engine.probe()
    assert found.problem is None
    assert found.version == __version__
    assert {b.name for b in found.backends if b.is_installed} >= {"classical", "rogue"}
    assert "numpy" in dict(found.libraries)
    assert "CPU cores" in found.devices[0]


def test_that_only_the_trainings_of_a_backend_run_in_its_own_interpreter(
    workshop: Workshop,
) -> None:
    engine = workshop.engine()
    engine.interpreters = {"rogue": str(workshop.folder / "no-python")}
    base = workshop.model()
    assert isinstance(engine.submit(workshop.detect(), Heard()).wait(PATIENCE_S), Done)
    for start in (str(base), "rogue"):
        ending = engine.submit(train_job(workshop, start), Heard()).wait(PATIENCE_S)
        assert isinstance(ending, Failed)
        assert "no-python" in ending.what
    engine.interpreters = {"another": str(workshop.folder / "no-python")}
    assert isinstance(engine.submit(train_job(workshop, "rogue"), Heard()).wait(PATIENCE_S), Done)


def test_that_the_interpreter_of_a_backend_is_probed(workshop: Workshop) -> None:
    engine = workshop.engine()
    engine.interpreters = {"rogue": str(workshop.interpreter(OTHER_VERSION_PROBED))}
    assert engine.probe().problem is None
    assert engine.probe("classical").problem is None
    problem = engine.probe("rogue").problem
    assert problem is not None
    assert "runs spinegui 0.0.1" in problem


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (NO_SPINEGUI, "lacks spinegui"),
        ("print('hello')", "without a result"),
        ("sys.exit(5)", "exit code 5"),
        ("print('[]')", "without a result"),
    ],
)
def test_that_a_probe_without_an_answer_says_why(
    workshop: Workshop, code: str, problem: str
) -> None:
    found = workshop.engine(python=workshop.interpreter(code)).probe()
    assert found.problem is not None
    assert problem in found.problem


def test_that_a_probe_of_another_version_or_no_file_says_so(workshop: Workshop) -> None:
    answer = workshop.engine().probe().to_line().replace(__version__, "9.9.9")
    old = workshop.engine(python=workshop.interpreter(f"print({answer!r})")).probe()
    assert old.problem is not None
    assert "spinegui 9.9.9" in old.problem
    none = workshop.engine(python=workshop.folder / "no-python").probe()
    assert none.problem is not None
    assert "could not be started" in none.problem


def test_that_shutdown_ends_every_job_and_process(workshop: Workshop) -> None:
    engine = workshop.engine()
    heard = [Heard(), Heard(), Heard()]
    handles = [
        engine.submit(workshop.detect("deaf"), heard[0]),
        engine.submit_warm(workshop.detect("deaf"), heard[1]),
        engine.submit_warm(workshop.detect(), heard[2]),
    ]
    for h in heard[:2]:
        h.wait_for(Progress, lambda e: e.stage == "Waiting")
    engine.shutdown()
    for handle in handles:
        ending = handle.wait(PATIENCE_S)
        assert isinstance(ending, Failed)
        assert "closed before the job had ended" in ending.what
    for h in heard[:2]:
        assert wait_until_gone(h.wait_for(Started).pid)
    for submit in (engine.submit, engine.submit_warm):
        assert isinstance(submit(workshop.detect(), Heard()).wait(PATIENCE_S), Failed)


def test_that_a_worker_without_news_is_mentioned(workshop: Workshop) -> None:
    engine = workshop.engine(stuck_s=30.0, quiet_s=0.2)
    heard = Heard()
    handle = engine.submit(workshop.detect("patient"), heard)
    assert "No news" in heard.wait_for(LogLine).text
    handle.cancel()
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)


def test_that_a_job_can_be_waited_for(engine: LocalEngine, workshop: Workshop) -> None:
    assert isinstance(run_blocking(engine, workshop.detect()), Done)


def test_that_ctrl_c_cancels_the_job_that_is_waited_for(
    engine: LocalEngine, workshop: Workshop
) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, Progress) and event.stage == "Waiting":
            os.kill(os.getpid(), signal.SIGINT)

    assert isinstance(run_blocking(engine, workshop.detect("patient"), interrupt), Cancelled)
