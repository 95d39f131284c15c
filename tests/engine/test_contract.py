"""What every engine keeps to, for a job in its own process and in the warm one."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest

from spinegui import __version__
from spinegui.engine.handle import JobState
from spinegui.jobs.events import (
    Cancelled,
    Done,
    Failed,
    Heartbeat,
    ImageDone,
    LogLine,
    Progress,
    Started,
)
from spinegui.jobs.payloads import ImageInput
from spinegui.jobs.results import load_predictions
from tests.support.workshop import PATIENCE_S, SPINES_XY, Heard, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.engine.handle import JobHandle
    from spinegui.engine.local import LocalEngine
    from spinegui.jobs.events import Event


class Submit(Protocol):
    def __call__(self, job_dir: Path, on_event: Callable[[Event], None]) -> JobHandle: ...


@pytest.fixture(params=["own", "warm"])
def submit(request: pytest.FixtureRequest, engine: LocalEngine) -> Submit:
    return engine.submit if request.param == "own" else engine.submit_warm


def test_that_a_job_tells_its_course_and_ends_once(submit: Submit, workshop: Workshop) -> None:
    images = [ImageInput(str(workshop.image(name))) for name in ("a.tif", "b.tif")]
    heard = Heard()
    handle = submit(workshop.detect("good", *images), heard)
    ending = handle.wait(PATIENCE_S)
    assert isinstance(ending, Done)
    assert handle.state is JobState.DONE
    assert heard.endings == [ending] == heard.events[-1:]
    started = heard.events[0]
    assert isinstance(started, Started)
    assert started.version == __version__
    assert [e.seq for e in heard.events] == list(range(len(heard.events)))
    assert {e.job_id for e in heard.events} == {handle.job_id}
    assert [e.index for e in heard.events if isinstance(e, ImageDone)] == [0, 1]
    assert not any(isinstance(e, Heartbeat) for e in heard.events)
    last = [e for e in heard.events if isinstance(e, Progress)][-1]
    assert (last.done, last.total) == (2, 2)


def test_that_results_lie_where_the_events_say(submit: Submit, workshop: Workshop) -> None:
    heard = Heard()
    assert isinstance(submit(workshop.detect(), heard).wait(PATIENCE_S), Done)
    found = load_predictions(workshop.folder / heard.wait_for(ImageDone).path)
    centers = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - 0.5
    assert sorted(map(tuple, centers)) == sorted(SPINES_XY)
    assert found.class_ids == ("mushroom", "thin")
    np.testing.assert_array_equal(found.class_scores, [[0.75, 0.25]] * 3)
    assert found.model.startswith("rogue@")


@pytest.mark.parametrize(
    ("behaviour", "what", "what_to_do"),
    [
        ("raise", "unexpected error (RuntimeError: the flux capacitor is empty)", "worker.log"),
        ("refuse", "There are only 2 spines.", "Review more images."),
        ("memory", "more memory than is free", "smaller images"),
        ("quit", "code ended the worker", "Try again"),
        ("nonsense", "returned unusable boxes or scores", "Choose another model."),
    ],
)
def test_that_a_failing_model_fails_its_job_only(
    engine: LocalEngine, workshop: Workshop, behaviour: str, what: str, what_to_do: str
) -> None:
    heard = Heard()
    job_dir = workshop.detect(behaviour)
    ending = engine.submit_warm(job_dir, heard).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert what in ending.what
    assert what_to_do in ending.what_to_do
    assert heard.endings == [ending]
    # The traceback is for the log, never for the user.
    assert "Traceback" not in ending.what + ending.what_to_do
    again = Heard()
    assert isinstance(engine.submit_warm(workshop.detect(), again).wait(PATIENCE_S), Done)
    assert again.wait_for(Started).pid == heard.wait_for(Started).pid
    assert "Traceback" in (job_dir / "worker.log").read_text(encoding="utf-8")


def test_that_one_unusable_detection_does_not_cost_the_others(
    engine: LocalEngine, workshop: Workshop
) -> None:
    heard = Heard()
    job_dir = workshop.detect("sloppy")
    assert isinstance(engine.submit_warm(job_dir, heard).wait(PATIENCE_S), Done)
    found = load_predictions(workshop.folder / heard.wait_for(ImageDone).path)
    assert len(found) == len(SPINES_XY) - 1
    assert "1 of 3 detections" in heard.wait_for(LogLine).text


def test_that_a_cancelled_job_ends_so(submit: Submit, workshop: Workshop) -> None:
    heard = Heard()
    handle = submit(workshop.detect("patient"), heard)
    heard.wait_for(Progress, lambda e: e.stage == "Waiting")
    handle.cancel()
    assert handle.state in {JobState.CANCELLING, JobState.CANCELLED}
    handle.cancel()
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)
    assert handle.state is JobState.CANCELLED
    assert len(heard.endings) == 1


def test_that_a_deaf_job_is_ended_by_force(submit: Submit, workshop: Workshop) -> None:
    heard = Heard()
    handle = submit(workshop.detect("deaf"), heard)
    heard.wait_for(Progress, lambda e: e.stage == "Waiting")
    handle.cancel()
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)


def test_that_the_cancel_of_a_job_that_is_over_changes_nothing(
    submit: Submit, workshop: Workshop
) -> None:
    heard = Heard()
    handle = submit(workshop.detect(), heard)
    handle.wait(PATIENCE_S)
    handle.cancel()
    handle.stop_early()
    assert handle.state is JobState.DONE
    assert len(heard.endings) == 1


def test_that_a_listener_may_cancel_from_its_own_callback(
    submit: Submit, workshop: Workshop
) -> None:
    submitted: Future[JobHandle] = Future()

    def listen(event: Event) -> None:
        if isinstance(event, Progress) and event.stage == "Waiting":
            # A warm worker may say so before `submit` has returned here.
            submitted.result(PATIENCE_S).cancel()

    handle = submit(workshop.detect("patient"), listen)
    submitted.set_result(handle)
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)


@pytest.mark.logs_warning
def test_that_a_failing_listener_does_not_stop_the_job(submit: Submit, workshop: Workshop) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError(event.kind)

    assert isinstance(submit(workshop.detect(), fail).wait(PATIENCE_S), Done)


def test_that_an_unreadable_job_fails_in_words(submit: Submit, workshop: Workshop) -> None:
    heard = Heard()
    ending = submit(workshop.new_folder(), heard).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "cannot be read" in ending.what
    assert ending.what_to_do == "Start it again from the window or the command line."
    assert heard.events == [ending]


def test_that_a_changed_image_fails_the_job(submit: Submit, workshop: Workshop) -> None:
    image = ImageInput(str(workshop.image("c.tif")), sha256="0" * 64)
    ending = submit(workshop.detect("good", image), Heard()).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert ending.what == "c.tif was changed after it was added."


def test_that_one_bad_image_does_not_cost_the_others(submit: Submit, workshop: Workshop) -> None:
    bad = workshop.folder / "bad.tif"
    bad.write_bytes(b"II*\0 no image")
    images = [ImageInput(str(p)) for p in (workshop.image("a.tif"), bad, workshop.image("b.tif"))]
    heard = Heard()
    ending = submit(workshop.detect("good", *images), heard).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert ending.what.startswith("1 of 3 images could not be used; the others are done.")
    assert [e.index for e in heard.events if isinstance(e, ImageDone)] == [0, 2]
    assert "bad.tif" in heard.wait_for(LogLine).text
