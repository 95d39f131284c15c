"""Fit the InceptionV3 classifier: base on varied crops, then the head, then figures on `val`.

    python packaging/models/fit_inception_v3.py --data DATA --work WORK [--out FOLDER]

Needs torch (the base) and TensorFlow (the head). DATA holds the folder meng_classes. WORK keeps
windows, checkpoints and features, and what is there is not made again, so a broken run goes on.
About an hour and a half on two cores; most of it is the base.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from classifier_examples import CLASSES, Samples
from fit_classical_classifier import fold_of
from inception_base import N_HELD_OUT
from inception_crops import load
from inception_features import (
    COPIES,
    COPIES_MADE,
    COPIES_REFITTED,
    Base,
    Seen,
    load_seen,
    save_seen,
    see,
)
from inception_head import train_head
from inception_report import cross_validation, validation
from inception_seal import seal
from inception_windows import Windows, meng, synthetic

from spinegui.backends.inception_v3 import export
from spinegui.backends.inception_v3.base import weights_sha256
from spinegui.backends.inception_v3.crops import SIZE_PX
from spinegui.backends.inception_v3.examples import Replay
from spinegui.backends.inception_v3.head import class_weights
from spinegui.backends.inception_v3.weights import (
    NETWORK,
    BaseWeights,
    Description,
    HeadWeights,
)
from spinegui.storage.files import sha256_of

SEEDS = (*range(20000, 20227), *range(21000, 21177))
FIRST = {"size": 112, "steps": 2000, "stop": 1300, "epoch": 100, "rate": 1e-3, "people": 0.0}
SECOND = {"size": 112, "steps": 160, "epoch": 80, "rate": 4e-4, "people": 0.5, "seed": 2}
N_FOLDS = 5
N_SYNTHETIC = 60
"""Synthetic images that the head is taught on, six spines of each."""
REPLAY_SYNTHETIC = 240


def make_windows(data: Path, work: Path) -> None:
    """Write windows: synthetic/, meng/ (train), val/, all/meng (both, for cross-validation)."""
    for folder in ("synthetic", "meng", "val", "all/meng"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "all/synthetic").unlink(missing_ok=True)
    (work / "all/synthetic").symlink_to(work / "synthetic")
    for split, folder in (("train", "meng"), ("val", "val")):
        for windows in meng(data, split):
            _keep(work / folder, windows)
            _keep(work / "all/meng", windows)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(partial(_make, work / "synthetic"), SEEDS))


def _make(folder: Path, seed: int) -> None:
    if not (folder / f"{seed}.pkl").exists() and (windows := synthetic(seed)) is not None:
        _keep(folder, windows, str(seed))


def _keep(folder: Path, windows: Windows, name: str = "") -> None:
    path = folder / f"{name or windows.image.replace(' ', '_')}.pkl"
    path.write_bytes(pickle.dumps(windows, 4))


def train_base(windows: Path, out: Path, settings: dict[str, float], *more: object) -> None:
    """Train a base in a process of its own, unless its checkpoint is there."""
    if out.exists():
        return
    options = [f"--{name}={value}" for name, value in settings.items()]
    script = Path(__file__).with_name("inception_base.py")
    part = out.with_suffix(".new")
    subprocess.run(
        [sys.executable, script, "--windows", windows, "--out", part, *options, *map(str, more)],
        check=True,
    )
    part.rename(out)


def write_folds(work: Path) -> list[set[str]]:
    """Write and return the images of each fold: series together, rare classes spread evenly."""
    windows = {path.stem: load(path) for path in files(work / "all/meng")}
    labels = np.concatenate([w.labels for w in windows.values()])
    groups = np.concatenate([np.full(len(w), w.group) for w in windows.values()])
    known = labels >= 0
    empty = np.zeros((int(known.sum()), 0))
    folds = fold_of(Samples(empty, labels[known], groups[known], groups[known]), N_FOLDS)
    chosen = [
        {stem for stem, w in windows.items() if folds.get(w.group) == k} for k in range(N_FOLDS)
    ]
    for k, stems in enumerate(chosen):
        (work / f"fold{k}.txt").write_text("\n".join(sorted(stems)))
    return chosen


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pkl"))


def export_base(checkpoint: Path, path: Path) -> None:
    """Write a checkpoint's base with an empty head, as the program runs it."""
    import torch
    from inception_base import SOURCES
    from inception_torch import Network

    network = Network(len(CLASSES), len(SOURCES))
    network.load_state_dict(torch.load(checkpoint, weights_only=True)["network"])
    kernels, biases = zip(*network.base.folded(), strict=True)
    shapes = ((2048, 1024), (1024,), (1024, len(CLASSES)), (len(CLASSES),))
    head = HeadWeights(*(np.zeros(shape, np.float32) for shape in shapes))
    base = BaseWeights(kernels, biases).rounded()
    export.write_classifier(path, base, head, temperature=1.0, size_px=SIZE_PX)


class View:
    """How the base of one checkpoint sees spines; what was computed once is kept in files."""

    def __init__(self, checkpoint: Path, work: Path) -> None:
        self._name = checkpoint.stem
        self._work = work
        self.network = work / f"{self._name}.onnx"
        if not self.network.exists():
            export_base(checkpoint, self.network)

    def _see(self, kind: str, listed: list[Path], **how: Any) -> Seen:
        path = self._work / f"{self._name}_{kind}.npz"
        if not path.exists():
            save_seen(path, see(Base(self.network), listed, **how))
        return load_seen(path)

    def taught(self, listed: list[Path]) -> Seen:
        boxed = self._see("taught", listed, copies=COPIES, kinds=())
        how = {"copies": COPIES_REFITTED, "kinds": (), "refit": True}
        return boxed.with_copies(self._see("refitted", listed, **how))

    def left_out(self, listed: list[Path]) -> Seen:
        return self._see("left_out", listed)

    def made(self) -> Seen:
        listed = files(self._work / "synthetic")[N_HELD_OUT : N_HELD_OUT + N_SYNTHETIC]
        return self._see("made", listed, copies=COPIES_MADE, kinds=(), limit=6)

    def probe(self) -> Seen:
        return self._see("probe", files(self._work / "synthetic")[:N_HELD_OUT], limit=8)


def fit(data: Path, work: Path, out: Path) -> None:
    """Run every step that WORK does not hold yet, and write the model into `out`."""
    make_windows(data, work)
    folds = write_folds(work)
    train_base(work, work / "first.pt", FIRST)
    train_base(work, work / "final.pt", SECOND, "--init", work / "first.pt")
    parts = []
    for k, stems in enumerate(folds):
        more = ("--init", work / "first.pt", "--leave-out", work / f"fold{k}.txt")
        train_base(work / "all", work / f"fold{k}.pt", SECOND, *more)
        view = View(work / f"fold{k}.pt", work)
        inside = [path for path in files(work / "all/meng") if path.stem in stems]
        others = [path for path in files(work / "all/meng") if path.stem not in stems]
        parts.append((view.taught(others), view.made(), view.left_out(inside)))
    figures, temperature = cross_validation(parts, files(work / "val"))
    write_model(View(work / "final.pt", work), work, out, temperature, figures)
    seal(out, figures, images_of(data))


def write_model(
    view: View, work: Path, out: Path, temperature: float, figures: dict[str, Any]
) -> None:
    """Fit the head on train, measure it on val, and write the model folder."""
    people, made = view.taught(files(work / "meng")), view.made()
    head = train_head(people, made)
    figures |= validation(head, temperature, view.left_out(files(work / "val")), view.probe())
    base, _ = export.read_weights(view.network)
    out.mkdir(parents=True, exist_ok=True)
    export.write_classifier(out / NETWORK, base, head, temperature=temperature, size_px=SIZE_PX)
    sha = weights_sha256(base)
    weights = tuple(round(float(w), 4) for w in class_weights(people.opinions))
    Description(CLASSES, temperature=temperature, hub_sha256=sha, class_weights=weights).save(out)
    replay_of(people, made, sha).save(out)
    (out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")


def images_of(data: Path) -> tuple[str, ...]:
    """Return the SHA-256 of people's images that the model was fitted to."""
    folder = data / "meng_classes"
    found = json.loads((folder / "train.json").read_text())
    return tuple(sorted({sha256_of(folder / image["file_name"]) for image in found["images"]}))


def replay_of(people: Seen, made: Seen, sha: str) -> Replay:
    """Return what retraining replays: everyone's spines and some synthetic ones."""
    rows = np.sort(np.random.default_rng(0).permutation(len(made))[:REPLAY_SYNTHETIC])
    features = np.concatenate([people.features[:, 0], made.features[rows, 0]])
    opinions = np.concatenate([people.opinions, made.opinions[rows]])
    return Replay(features, opinions, CLASSES, sha)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("resources/models/inception-v3"))
    args = parser.parse_args()
    fit(args.data, args.work.resolve(), args.out)


if __name__ == "__main__":
    main()
