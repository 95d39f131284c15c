"""Both networks train for real through the worker, outlive a kill, and then run without it all.

Each trains in the Python that `spinegui doctor` would name for it: this one, or that of
SPINEGUI_PYTHON_YOLO_NAS and SPINEGUI_PYTHON_INCEPTION_V3.
"""

from __future__ import annotations

import math
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from spinegui.engine.local import LocalEngine
from spinegui.jobs.checkpoints import can_resume
from spinegui.jobs.events import Checkpoint, Done, Event, Failed, LogLine, Metric, Started
from spinegui.jobs.payloads import DetectPayload, ImageInput
from spinegui.jobs.results import load_predictions
from spinegui.jobs.spec import JobKind, JobSpec, seal
from spinegui.jobs.train_bundle import FRESH, TrainOrder, freeze_training
from spinegui.storage.interpreters import read_interpreters
from spinegui.storage.model_files import check_content, check_kind
from spinegui.storage.model_manifest import read_manifest
from spinegui.storage.model_store import ModelStore
from spinegui.storage.training_set import from_coco
from spinegui.synthesis.sample import SAMPLE, SampleTruth, make_sample
from spinegui.synthesis.settings import TINY
from tests.support.workshop import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PATIENCE_S = 800.0
FRAMEWORK = {"yolo_nas": "torch", "inception_v3": "tensorflow"}
# So few spines are no checkpoint worth to the classifier: it begins again.
KILLED_AT: dict[str, type[Event]] = {"yolo_nas": Checkpoint, "inception_v3": Metric}


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    made = LocalEngine(interpreters=read_interpreters())
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    """A few tiny frames of synthetic dendrites and what is on them."""
    flat = [recipe for recipe in SAMPLE if not recipe.settings.is_stack]
    recipes = [replace(r, settings=TINY, seed=i) for i, r in enumerate(flat, start=1)]
    return make_sample(tmp_path_factory.mktemp("sample"), recipes=recipes)


class Killer(Heard):
    """Ends the worker the hard way at its first event of that kind."""

    def __init__(self, kind: type[Event]) -> None:
        super().__init__()
        self._kind = kind

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if isinstance(event, self._kind):
            os.kill(self.wait_for(Started).pid, signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="kills as only POSIX can")
@pytest.mark.parametrize("backend", FRAMEWORK)
def test_that_a_network_trains_outlives_a_kill_and_runs_without_its_framework(
    engine: LocalEngine, sample: SampleTruth, tmp_path: Path, backend: str
) -> None:
    base = _base(engine, backend)
    training = from_coco(sample.train, sample.truth.parent)
    held_out = from_coco(sample.held_out, sample.truth.parent)
    folder = tmp_path / "job"
    folder.mkdir()
    payload = freeze_training(folder, training, held_out, TrainOrder(base, "tiny", epochs=3))
    seal(folder, JobSpec("job", JobKind.TRAIN, payload.to_json()))

    killed = engine.submit(folder, Killer(KILLED_AT[backend])).wait(PATIENCE_S)
    assert isinstance(killed, Failed), killed
    resumes = KILLED_AT[backend] is Checkpoint
    assert can_resume(folder) == resumes

    heard = Heard()
    ending = engine.submit(folder, heard).wait(PATIENCE_S)
    assert isinstance(ending, Done), ending
    log = [e.text for e in heard.events if isinstance(e, LogLine)]
    assert any("it goes on from" in text for text in log) == resumes
    losses = [e.value for e in heard.events if isinstance(e, Metric) and "loss" in e.name]
    assert losses
    assert all(math.isfinite(loss) for loss in losses)
    _check_model(folder / "result" / "model", backend)
    _check_it_runs_here(folder / "result" / "model", sample, tmp_path / "detect", FRESH[backend])


def _base(engine: LocalEngine, backend: str) -> object:
    """Return what to train from; skips where it cannot be trained."""
    probe = engine.probe(backend)
    info = next((b for b in probe.backends if b.name == backend), None)
    if info is None or not info.can_train:
        lacking = probe.problem or (info and ", ".join(info.missing_for_training))
        pytest.skip(f"training {backend} needs what {probe.python} lacks: {lacking}")
    # YOLO-NAS begins with random weights: the harder case, and the quicker one.
    shipped = [m for m in ModelStore().list() if m.backend == backend == "inception_v3"]
    if backend == "inception_v3" and not shipped:
        pytest.skip("inception_v3 needs a base, and none is shipped")
    return shipped[0] if shipped else backend


def _check_model(folder: Path, backend: str) -> None:
    manifest = read_manifest(folder, verify=True)
    assert (manifest.backend, manifest.roles) == (backend, FRESH[backend])
    assert FRAMEWORK[backend] in manifest.library_versions
    assert manifest.settings
    assert manifest.metrics["validation"] is not None
    for name in manifest.files:
        check_kind(name)
        check_content(folder / name, name)


def _check_it_runs_here(
    model: Path, sample: SampleTruth, folder: Path, roles: tuple[str, ...]
) -> None:
    """Detect with it in this program's own Python, as the window would."""
    store = ModelStore()
    chosen = {
        role: str(model if role in roles else store.active(role).folder)
        for role in ("detector", "classifier")
    }
    image = ImageInput(str(sample.truth.parent / "dendrite_01.tif"))
    payload = DetectPayload((image,), chosen["detector"], chosen["classifier"])
    folder.mkdir()
    seal(folder, JobSpec("detect", JobKind.DETECT, payload.to_json()))
    own = LocalEngine()
    try:
        ending = own.submit_warm(folder, Heard()).wait(PATIENCE_S)
    finally:
        own.shutdown()
    assert isinstance(ending, Done), ending
    found = load_predictions(folder / "result" / "000000.npz")
    assert found.class_scores.shape == (len(found), len(found.class_ids))
