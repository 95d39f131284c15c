from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.backends.base import CancelledError
from spinegui.backends.yolo_nas.material import Material
from spinegui.backends.yolo_nas.schedule import Plan
from tests.backends.detection import Silent
from tests.backends.yolo_nas.stand_ins import plane_of, scene_with

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from spinegui.backends.yolo_nas.loop import Training

pytestmark = pytest.mark.logs_warning  # super-gradients logs what it misses

PLAN = Plan(epochs=3, steps=2, seed=4, side=96, batch=4, warmup=1, save_every_s=0.0)
DOTS = [(20.0, 22.0), (70.0, 30.0), (40.0, 75.0), (90.0, 90.0)]


class Listener(Silent):
    """Hears of checkpoints; may stop early or cancel at the end of an epoch."""

    def __init__(self, *, stop_after: int | None = None, cancel_after: int | None = None) -> None:
        super().__init__()
        self.stop_after, self.cancel_after = stop_after, cancel_after
        self.saved: list[Path] = []

    @property
    def epochs(self) -> int:
        return sum(name == "loss" for name, _, _ in self.metrics)

    def checkpoint(self, path: Path) -> None:
        assert path.exists()
        self.saved.append(path)

    def should_stop_early(self) -> bool:
        return self.epochs == self.stop_after

    def check_cancelled(self) -> None:
        if self.epochs == self.cancel_after:
            raise CancelledError


def scenes(selection: Sequence[tuple[float, float]] | None = None) -> Material:
    """One scene to learn from and, where its dots are given, one to select on."""
    learn, aside = (
        scene_with(plane_of(110, 110, dots), [(*dot, 0.0) for dot in dots])
        for dots in (DOTS, selection or [])
    )
    return Material([learn], np.ones(1), [] if selection is None else [aside])


@pytest.fixture
def training(torch, new_network) -> Callable[..., Training]:
    from spinegui.backends.yolo_nas.loop import Training

    def make(reporter: Listener, plan: Plan = PLAN, **options: Any) -> Training:
        return Training(new_network(), scenes(**options), plan, reporter)

    return make


@pytest.fixture(scope="module")
def whole(torch, _untrained) -> Any:
    """An uninterrupted run, and what its reporter heard."""
    import copy

    from spinegui.backends.yolo_nas.loop import Training

    reporter = Listener()
    run = Training(copy.deepcopy(_untrained), scenes(), PLAN, reporter)
    run.run()
    return run, reporter


def weights(run: Training) -> np.ndarray:
    return np.concatenate([p.detach().numpy().ravel() for p in run.network.parameters()])


def test_that_the_same_seed_gives_the_same_curve_and_network(whole, training):
    run, heard = whole
    again = Listener()
    other = training(again)
    other.run()
    assert again.metrics == heard.metrics
    assert [(name, step) for name, _, step in heard.metrics] == [("loss", k) for k in (1, 2, 3)]
    assert np.array_equal(weights(other), weights(run))
    assert run.step == PLAN.n_steps


def test_that_the_device_and_the_time_are_told_after_some_steps(training):
    reporter = Listener()
    training(reporter, replace(PLAN, epochs=1, steps=3, batch=1)).run()
    (line,) = reporter.lines
    assert line.startswith("Training on ")
    assert "3 steps of 1 crops, at most about 1 min" in line


def test_that_an_interrupted_run_goes_on_where_it_was(whole, training, tmp_path):
    run, heard = whole
    before, path = Listener(cancel_after=2), tmp_path / "training.safetensors"
    with pytest.raises(CancelledError):
        training(before).run(path)
    assert before.saved == [path, path]
    assert list(tmp_path.iterdir()) == [path]
    after = Listener()
    rest = training(after)
    rest.load(path)
    assert after.metrics == before.metrics  # the curve so far is told again
    assert rest.step == 4
    rest.run(path)
    assert rest.step == run.step
    assert [(n, k) for n, _, k in after.metrics] == [(n, k) for n, _, k in heard.metrics]
    assert [v for _, v, _ in after.metrics] == pytest.approx(
        [v for _, v, _ in heard.metrics], rel=1e-3
    )
    assert np.abs(weights(rest) - weights(run)).max() < 1e-4


@pytest.mark.parametrize("damage", ["gone", "empty", "noise", "cut", "no facts", "odd facts"])
def test_that_a_damaged_checkpoint_is_refused_in_words(torch, tmp_path, damage):
    from safetensors.torch import load_file, save_file

    from spinegui.backends.yolo_nas.loop import Training

    path = tmp_path / "training.safetensors"
    reporter = Listener()
    run = Training(torch.nn.Conv2d(3, 4, 1), scenes(), PLAN, reporter)
    if damage != "gone":
        run.save(path)
    if damage in ("empty", "noise", "cut"):
        whole = path.read_bytes()
        path.write_bytes(
            {"empty": b"", "noise": b"\xff" * 99, "cut": whole[: len(whole) // 2]}[damage]
        )
    elif damage != "gone":
        facts = None if damage == "no facts" else {"facts": '{"step": null}'}
        save_file(load_file(path), path, metadata=facts)
    with pytest.raises(ValueError, match=r"training\.safetensors cannot be continued from: "):
        run.load(path)
    assert reporter.metrics == []


def fails_above(limit: int, error: Exception, network: Any) -> Any:
    """Let a network's memory hold `limit` images."""
    forward = network.forward

    def guarded(images: Any, *rest: Any) -> Any:
        if len(images) > limit:
            raise error
        return forward(images, *rest)

    network.forward = guarded
    return network


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried …")],
)
def test_that_a_batch_that_memory_cannot_hold_is_halved_and_it_is_said(training, error):
    reporter = Listener()
    run = training(reporter, replace(PLAN, epochs=1, steps=2))
    fails_above(2, error, run.network)
    run.run()
    assert reporter.lines == ["Out of memory: going on with batches of 2 crops."]
    assert run.plan.batch == 2
    assert run.step == 2


def test_that_memory_too_small_for_one_crop_ends_the_training(training):
    run = training(Listener())
    fails_above(0, MemoryError(), run.network)
    with pytest.raises(MemoryError):
        run.run()


def test_that_other_errors_are_no_lack_of_memory(training):
    reporter = Listener()
    run = training(reporter)
    fails_above(0, RuntimeError("shapes differ"), run.network)
    with pytest.raises(RuntimeError, match="shapes differ"):
        run.run()
    assert reporter.lines == []


def test_that_stopping_early_keeps_the_best_so_far(torch, training, tmp_path):
    from safetensors.torch import load_file

    reporter, path = Listener(stop_after=2), tmp_path / "training.safetensors"
    run = training(reporter, selection=DOTS)
    run.run(path)
    assert "Stopped early after epoch 2; the best so far is kept." in reporter.lines
    assert run.step == 4
    measured = [v for name, v, _ in reporter.metrics if name == "validation F1"]
    assert len(measured) == 2
    assert run.best_epoch == int(np.argmax(measured))
    kept = load_file(path)
    for name, value in run.network.state_dict().items():
        assert torch.equal(value, kept[f"best.{name}"])


def test_that_training_ends_when_it_gets_no_better(training):
    reporter = Listener()
    # On an image without spines no epoch is better than the first.
    run = training(reporter, replace(PLAN, epochs=9, steps=1, batch=1, patience=2), selection=[])
    run.run()
    assert run.step == 3
    assert reporter.lines == ["No better for 2 epochs: ended."]
