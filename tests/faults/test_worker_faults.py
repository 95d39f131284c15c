"""A worker that crashes, hangs, babbles or is killed costs its job and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spinegui.jobs.events import Cancelled, Done, Failed, LogLine, Progress, Started
from tests.support.workshop import (
    PATIENCE_S,
    Heard,
    Workshop,
    open_workshop,
    wait_until_gone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spinegui.engine.local import LocalEngine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

PREAMBLE = """
import json
job_id = json.load(open(sys.argv[-1] + "/job.json"))["job_id"]
def say(kind, **values):
    os.write(1, json.dumps({"event": kind, "job_id": job_id, "seq": 0, **values}).encode() + b"\\n")
"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    yield from open_workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="module")
def engine(workshop: Workshop) -> LocalEngine:
    return workshop.engine(cancel_grace_s=0.2)


@pytest.mark.parametrize(
    ("behaviour", "what"),
    [
        ("segfault", "crashed in native code (SIGSEGV)"),
        ("abort", "crashed in native code (SIGABRT)"),
        ("killed", "was killed, most often because the computer ran out of memory"),
        ("exit", "ended without a result"),
    ],
)
def test_that_a_crash_fails_its_job_and_spares_the_next(
    engine: LocalEngine, workshop: Workshop, behaviour: str, what: str
) -> None:
    crash, behind = Heard(), Heard()
    crashing = engine.submit_warm(workshop.detect(behaviour), crash)
    waiting = engine.submit_warm(workshop.detect(), behind)
    ending = crashing.wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert what in ending.what
    assert crash.endings == [ending] == crash.events[-1:]
    assert isinstance(waiting.wait(PATIENCE_S), Done)
    assert behind.wait_for(Started).pid != crash.wait_for(Started).pid


def test_that_a_native_crash_leaves_its_trace_in_the_log(
    engine: LocalEngine, workshop: Workshop
) -> None:
    job_dir = workshop.detect("segfault")
    assert isinstance(engine.submit(job_dir, Heard()).wait(PATIENCE_S), Failed)
    assert "Segmentation fault" in (job_dir / "worker.log").read_text(encoding="utf-8")


def test_that_a_worker_killed_from_outside_is_said(engine: LocalEngine, workshop: Workshop) -> None:
    heard = Heard()
    handle = engine.submit(workshop.detect("patient"), heard)
    heard.wait_for(Progress, lambda e: e.stage == "Waiting")
    os.kill(heard.wait_for(Started).pid, signal.SIGKILL)
    ending = handle.wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "was killed" in ending.what
    assert heard.endings == [ending]


def test_that_a_worker_stopped_from_outside_is_said(
    engine: LocalEngine, workshop: Workshop
) -> None:
    heard = Heard()
    handle = engine.submit(workshop.detect("patient"), heard)
    heard.wait_for(Progress, lambda e: e.stage == "Waiting")
    os.kill(heard.wait_for(Started).pid, signal.SIGTERM)
    ending = handle.wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "stopped from outside (SIGTERM)" in ending.what


def test_that_a_frozen_worker_counts_as_stuck(workshop: Workshop) -> None:
    engine = workshop.engine(stuck_s=3.0)  # a healthy worker beats every 2 s
    heard = Heard()
    ending = engine.submit_warm(workshop.detect("frozen"), heard).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "stuck" in ending.what
    assert wait_until_gone(heard.wait_for(Started).pid)
    assert isinstance(engine.submit_warm(workshop.detect(), Heard()).wait(PATIENCE_S), Done)


def test_that_a_worker_deaf_to_cancel_and_sigterm_is_killed(
    engine: LocalEngine, workshop: Workshop
) -> None:
    heard = Heard()
    handle = engine.submit_warm(workshop.detect("deaf"), heard)
    heard.wait_for(Progress, lambda e: e.stage == "Waiting")
    handle.cancel()
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)
    assert wait_until_gone(heard.wait_for(Started).pid)
    assert isinstance(engine.submit_warm(workshop.detect(), Heard()).wait(PATIENCE_S), Done)


def test_that_what_a_worker_started_ends_with_it(engine: LocalEngine, workshop: Workshop) -> None:
    heard = Heard()
    handle = engine.submit(workshop.detect("family"), heard)
    grandchild = int(heard.wait_for(LogLine).text.split()[1])
    os.kill(heard.wait_for(Started).pid, signal.SIGKILL)
    assert isinstance(handle.wait(PATIENCE_S), Failed)
    assert wait_until_gone(grandchild)


def test_that_libraries_may_print_what_they_like(engine: LocalEngine, workshop: Workshop) -> None:
    job_dir, heard = workshop.detect("babble"), Heard()
    assert isinstance(engine.submit(job_dir, heard).wait(PATIENCE_S), Done)
    assert not any(isinstance(e, LogLine) for e in heard.events)
    log = (job_dir / "worker.log").read_text(encoding="utf-8")
    for words in ("loading weights ...", "native library says hello", "child says hello"):
        assert words in log


@pytest.mark.parametrize(
    ("garbage", "n_told"),
    [
        ("os.write(1, b'Epoch 1/10\\n' * 500)", 3),
        ("os.write(1, b'x' * 10_000_000 + b'\\n')", 1),
        ("os.write(1, bytes(range(256)) * 10 + b'\\n')", 3),
        ("os.write(1, b'[' * 500_000 + b'\\n')", 1),
    ],
    ids=["chatter", "10 MB line", "binary", "nesting"],
)
def test_that_garbage_on_the_pipe_is_told_and_survived(
    workshop: Workshop, garbage: str, n_told: int
) -> None:
    code = f"{PREAMBLE}\n{garbage}\nsay('done', result_dir='r')"
    engine = workshop.engine(python=workshop.interpreter(code))
    heard = Heard()
    assert isinstance(engine.submit(workshop.detect(), heard).wait(PATIENCE_S), Done)
    told = [e for e in heard.events if isinstance(e, LogLine)]
    assert len(told) == n_told
    assert all("no event" in e.text and len(e.text) < 700 for e in told)


@pytest.mark.parametrize(
    "code",
    [
        "os.write(1, b'x' * 10_000_000)",
        'os.write(1, b\'{"event": "done", "job_id"\')',
        "pass",
        "os.close(1); os.close(2)",
        "say('done', result_dir=3)",
    ],
    ids=["no line end", "half an event", "nothing", "closed pipes", "wrong type"],
)
def test_that_an_end_without_a_result_fails(workshop: Workshop, code: str) -> None:
    engine = workshop.engine(python=workshop.interpreter(f"{PREAMBLE}\n{code}"))
    heard = Heard()
    ending = engine.submit(workshop.detect(), heard).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert ending.what == "The worker ended without a result."
    assert heard.endings == [ending]


def test_that_only_the_first_ending_counts(workshop: Workshop) -> None:
    twice = "say('done', result_dir='r')\nsay('cancelled')\nsay('log', text='late')\nos.abort()"
    engine = workshop.engine(python=workshop.interpreter(f"{PREAMBLE}\n{twice}"))
    heard = Heard()
    assert isinstance(engine.submit(workshop.detect(), heard).wait(PATIENCE_S), Done)
    engine.shutdown()
    assert [e.kind for e in heard.events] == ["done"]


@pytest.mark.parametrize("silence", ["", "os.close(1); os.close(2)"], ids=["silent", "closed"])
def test_that_a_worker_that_never_speaks_is_stuck(workshop: Workshop, silence: str) -> None:
    code = f"{silence}\ntime.sleep(600)"
    engine = workshop.engine(python=workshop.interpreter(code), stuck_s=0.5)
    for submit in (engine.submit, engine.submit_warm):
        ending = submit(workshop.detect(), Heard()).wait(PATIENCE_S)
        assert isinstance(ending, Failed)
        assert "stuck" in ending.what


def test_that_a_worker_ends_with_its_parent(workshop: Workshop) -> None:
    job_dir = workshop.detect("deaf")
    code = f"""
from pathlib import Path
from spinegui.engine.local import LocalEngine
from spinegui.jobs.events import Progress, Started
def tell(event):
    if isinstance(event, Started):
        print(event.pid, flush=True)
    if isinstance(event, Progress) and event.stage == "Waiting":
        print("waiting", flush=True)
engine = LocalEngine()
engine.submit(Path({str(job_dir)!r}), tell).wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "waiting\n"
        parent.kill()
    assert wait_until_gone(pid)


def test_that_no_port_is_opened(engine: LocalEngine, workshop: Workshop) -> None:
    pids = [os.getpid()]
    handles = []
    for submit in (engine.submit, engine.submit_warm):
        heard = Heard()
        handles.append(submit(workshop.detect("patient"), heard))
        heard.wait_for(Progress, lambda e: e.stage == "Waiting")
        pids.append(heard.wait_for(Started).pid)
    assert [sockets_of(pid) & listening(pid) for pid in pids] == [set(), set(), set()]
    assert [sockets_of(pid) for pid in pids[1:]] == [set(), set()]
    for handle in handles:
        handle.cancel()
        assert isinstance(handle.wait(PATIENCE_S), Cancelled)


def sockets_of(pid: int) -> set[str]:
    """Return the inodes of all sockets that a process holds, of any family."""
    links = []
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(fd.readlink()))
        except FileNotFoundError:  # closed meanwhile, as the folder's own handle is
            continue
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def listening(pid: int) -> set[str]:
    """Return the inodes of TCP sockets that listen and of UDP sockets that are bound."""
    found = set()
    for table, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        path = Path(f"/proc/{pid}/net/{table}")
        rows = path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []
        found |= {row.split()[9] for row in rows if row.split()[3] == state}
    return found
