"""A training that was interrupted goes on from its last checkpoint, or says why it cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from spinegui.jobs.checkpoints import can_resume, checkpoint_dir, note_checkpoint
from spinegui.jobs.events import Cancelled, Checkpoint, Done, Failed, LogLine, Metric
from spinegui.jobs.payloads import TrainPayload
from spinegui.jobs.spec import JobKind, JobSpec, seal
from spinegui.storage.model_manifest import read_manifest
from tests.support.trainings import train_job
from tests.support.workshop import PATIENCE_S, Heard, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.engine.local import LocalEngine


@pytest.fixture(scope="module")
def engine(workshop: Workshop) -> LocalEngine:
    return workshop.engine(cancel_grace_s=0.3)


def left_behind(workshop: Workshop) -> Path:
    """Return a job of five epochs as one that was interrupted after the third leaves it."""
    folder = train_job(workshop, str(workshop.model()), epochs=5)
    checkpoint = checkpoint_dir(folder) / "epoch-3.txt"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_text("3", encoding="utf-8")
    note_checkpoint(folder, checkpoint)
    return folder


def again(engine: LocalEngine, folder: Path) -> tuple[list[int], str]:
    """Run it once more to its end; return the epochs trained and what the log said."""
    heard = Heard()
    assert isinstance(engine.submit_warm(folder, heard).wait(PATIENCE_S), Done)
    steps = [e.step for e in heard.events if isinstance(e, Metric)]
    return steps, " ".join(e.text for e in heard.events if isinstance(e, LogLine))


def test_that_a_killed_training_goes_on_where_it_was(
    engine: LocalEngine, workshop: Workshop
) -> None:
    folder = train_job(workshop, str(workshop.model("killed at 3")), epochs=5)
    ending = engine.submit(folder, Heard()).wait(PATIENCE_S)
    assert isinstance(ending, Failed)
    assert "killed" in ending.what
    assert can_resume(folder)
    # What else the first attempt left behind is no result of the second.
    (folder / "result" / "metrics.json").write_text("{}", encoding="utf-8")
    steps, log = again(engine, folder)
    assert steps == [4, 5]
    assert "it goes on from epoch-3.txt" in log
    manifest = read_manifest(folder / "result" / "model")
    assert manifest.metrics["training"] == {"epochs": 5.0, "n_images": 2.0}
    assert {f.name for f in (folder / "result").iterdir()} == {"model", "metrics.json"}
    assert not can_resume(folder)


def _truncate(folder: Path) -> None:
    (checkpoint_dir(folder) / "epoch-3.txt").write_text("", encoding="utf-8")


def _remove(folder: Path) -> None:
    (checkpoint_dir(folder) / "epoch-3.txt").unlink()


def _garble_record(folder: Path) -> None:
    (checkpoint_dir(folder) / "last.json").write_text('{"file": "epo', encoding="utf-8")


def _point_outside(folder: Path) -> None:
    record = checkpoint_dir(folder) / "last.json"
    found = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps({**found, "file": "../../job.json"}), encoding="utf-8")


def _keep_nonsense(folder: Path) -> None:
    path = checkpoint_dir(folder) / "epoch-3.txt"
    path.write_text("no number", encoding="utf-8")
    note_checkpoint(folder, path)


def _seal_another_job(folder: Path) -> None:
    old = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    payload = TrainPayload.from_json({**old["payload"], "seed": 8})
    seal(folder, JobSpec(folder.name, JobKind.TRAIN, payload.to_json()))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_truncate, "not the file that was written"),
        (_remove, "missing"),
        (_garble_record, "record of the checkpoint is damaged"),
        (_point_outside, "missing"),
        (_keep_nonsense, "no number in epoch-3.txt"),
        (_seal_another_job, "belongs to another training"),
    ],
)
def test_that_a_checkpoint_of_no_use_is_said_and_left(
    engine: LocalEngine, workshop: Workshop, harm: Callable[[Path], None], said: str
) -> None:
    folder = left_behind(workshop)
    harm(folder)
    steps, log = again(engine, folder)
    assert steps == [1, 2, 3, 4, 5]
    assert said in log
    assert "The training starts afresh." in log
    assert not checkpoint_dir(folder).exists()


def test_that_a_cancelled_training_leaves_nothing(engine: LocalEngine, workshop: Workshop) -> None:
    folder, heard = train_job(workshop, str(workshop.model("endless"))), Heard()
    handle = engine.submit(folder, heard)
    heard.wait_for(Checkpoint)
    handle.cancel()
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)
    assert not (folder / "result").exists()


def test_that_a_worker_killed_on_cancel_leaves_no_checkpoint(
    engine: LocalEngine, workshop: Workshop
) -> None:
    folder, heard = train_job(workshop, str(workshop.model("deaf at 2"))), Heard()
    handle = engine.submit(folder, heard)
    heard.wait_for(Metric, lambda e: e.step == 2)
    handle.cancel()
    assert isinstance(handle.wait(PATIENCE_S), Cancelled)
    assert not checkpoint_dir(folder).exists()


def test_that_a_training_stopped_early_leaves_no_checkpoint(
    engine: LocalEngine, workshop: Workshop
) -> None:
    folder, heard = train_job(workshop, str(workshop.model("endless"))), Heard()
    handle = engine.submit(folder, heard)
    heard.wait_for(Checkpoint)
    handle.stop_early()
    assert isinstance(handle.wait(PATIENCE_S), Done)
    assert {f.name for f in (folder / "result").iterdir()} == {"model", "metrics.json"}
