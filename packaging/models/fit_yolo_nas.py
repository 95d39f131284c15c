"""Trains the detector that ships: YOLO-NAS-S from random weights, on `train` splits and synthesis.

python packaging/models/fit_yolo_nas.py --data DATA --work DIR [--steps N] [--resume]
python packaging/models/ship_yolo_nas.py --data DATA --work DIR

Takes 80 minutes on one CPU core that multiplies bfloat16, and some minutes on a GPU. Images to
select on are whole groups of `train`; `val` is never read. DIR keeps the synthetic images, the
checkpoint and the weights. Eight hundred more steps at a lower rate, mostly on real images and on
stacks, made nothing better on the images set aside.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from network_images import Source, parted, sources

from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.backends.yolo_nas import frameworks
from spinegui.backends.yolo_nas.material import Material
from spinegui.backends.yolo_nas.network import build
from spinegui.backends.yolo_nas.scenes import Scene, scene_of
from spinegui.backends.yolo_nas.schedule import Plan
from spinegui.storage.resources import resource

WEIGHTS = "weights.safetensors"
_EPOCH_STEPS = 200


_STEPS, _RATE = 3600, 1e-3
_WEIGHTS = {"stacks": 4.0, "synthetic": 0.35, "synthetic stacks": 0.35}
"""How much more often than by its spines a source is drawn; there are few real stacks."""

_SET_ASIDE = {"frames": 0.12, "stacks": 0.12, "projections": 0.12, "cut out": 0.1,
              "synthetic": 0.03, "synthetic stacks": 0.03}  # fmt: skip


class Console:
    """Prints what a worker would tell the window."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def progress(self, done: int, total: int, stage: str = "") -> None:
        if done % 50 == 0:
            self.log(f"{stage}: {done}/{total}")

    def metric(self, name: str, value: float, step: int) -> None:
        self.log(f"{name} {value:.4f} at {step}")

    def log(self, text: str) -> None:
        print(f"{time.monotonic() - self._began:7.0f} s  {text}", flush=True)

    def checkpoint(self, path: Path) -> None:
        self.log(f"checkpoint {path}")

    def should_stop_early(self) -> bool:
        return Path("stop-early").exists()

    def check_cancelled(self) -> None:
        return


def read_scenes(
    found: list[Source], weights_of: dict[str, float], *, only_aside: bool = False
) -> tuple[list[Scene], np.ndarray, list[Scene], list[str]]:
    """Return the scenes to learn from with their weights, those to select on and their sources."""
    head_px = ClassicalDetector.load(resource("models/classical")).head_px
    learn: list[Scene] = []
    weights: list[float] = []
    aside: list[Scene] = []
    names: list[str] = []
    for source in found:
        training, selection = parted(source.images, _SET_ASIDE[source.name])
        for image in () if only_aside else training:
            scene = scene_of(image, head_px)
            learn.append(scene)
            weights.append(weights_of.get(source.name, 1.0) * (len(scene.heads) + 3))
        aside += [scene_of(image, head_px) for image in selection]
        names += [source.name] * len(selection)
    total = np.array(weights)
    return learn, total / max(total.sum(), 1), aside, names


def main() -> None:
    """Train and keep the best weights beside the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=_STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    train(parser.parse_args())


def train(chosen: argparse.Namespace) -> None:
    """Train from random weights, or go on from the checkpoint."""
    frameworks.prepare()
    import torch
    from safetensors.torch import save_file

    from spinegui.backends.yolo_nas.loop import CHECKPOINT, Training

    console = Console()
    found = sources(chosen.data, chosen.work, n_frames=200, n_stacks=40)
    learn, weights, aside, _ = read_scenes(found, _WEIGHTS)
    console.log(f"{len(learn)} scenes to learn from, {len(aside)} to select on")
    torch.manual_seed(chosen.seed)
    epochs = chosen.steps // _EPOCH_STEPS
    plan = Plan(epochs=epochs, steps=_EPOCH_STEPS, seed=chosen.seed, rate=_RATE)
    training = Training(build("s"), Material(learn, weights, aside), plan, console)
    if chosen.resume:
        training.load(chosen.work / CHECKPOINT)
    training.run(chosen.work / CHECKPOINT)
    best = {k: v.contiguous() for k, v in training.network.state_dict().items()}
    save_file(best, chosen.work / WEIGHTS)
    console.log(f"best F1 on the images set aside: {training.best_f1:.3f}")


if __name__ == "__main__":
    main()
