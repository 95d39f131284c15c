"""Features of people's and synthetic spines by an exported base, for head, figures and replay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from classifier_examples import CLASSES, Samples, jittered, with_background
from inception_crops import load, straight, varied

from spinegui.backends.inception_v3.classifier import FEATURES, INPUT
from spinegui.backends.inception_v3.crops import CropGeometry, cut_crop
from spinegui.backends.onnx_session import open_session
from spinegui.domain.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inception_windows import Windows
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

GEOMETRY = CropGeometry()
COPIES, COPIES_REFITTED, COPIES_MADE = 5, 3, 2
"""Crops a spine that the head is taught on: of people's spines, as boxed and with boxes that we
fit; of synthetic ones."""
JITTER = 0.15
KINDS = ("given", "jittered", "fitted", "raw")


@dataclass(frozen=True, eq=False)
class Seen:
    """Spines as a base sees them: features (n, c, 2048) of straight and varied crops, and probes.

    probes: features (n, 2048) a kind of `KINDS`. labels (n,), groups and images (n,) as text.
    """

    features: Plane
    probes: dict[str, Plane]
    labels: NDArray[np.int64]
    groups: NDArray[np.str_]
    images: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def opinions(self) -> Plane:
        return np.eye(len(CLASSES), dtype=np.float32)[self.labels]

    def take(self, index: NDArray[np.bool_]) -> Seen:
        probes = {kind: rows[index] for kind, rows in self.probes.items()}
        return Seen(
            self.features[index], probes, self.labels[index], self.groups[index], self.images[index]
        )

    def with_copies(self, other: Seen) -> Seen:
        """Return the same spines with the copies of another look at them."""
        both = np.concatenate([self.features, other.features], axis=1)
        return Seen(both, self.probes, self.labels, self.groups, self.images)

    def samples(self, kind: str) -> Samples:
        """Return what `classifier_report.figures` takes."""
        return Samples(np.float64(self.probes[kind]), self.labels, self.groups, self.images)


class Base:
    """A base in an exported classifier, run as the program runs it."""

    def __init__(self, network: Path) -> None:
        self._session = open_session(network, threads=1)

    def __call__(self, crops: Sequence[Plane]) -> Plane:
        rows = [
            self._session.run([FEATURES], {INPUT: np.stack(crops[i : i + 16])})[0]
            for i in range(0, len(crops), 16)
        ]
        return np.concatenate(rows)


def see(
    base: Base,
    files: Sequence[Path],
    *,
    copies: int = 1,
    kinds: Sequence[str] = KINDS,
    limit: int | None = None,
    refit: bool = False,
) -> Seen:
    """Return the four-class spines of files of windows; at most `limit` an image.

    The first copy is straight and the others varied; with `refit` all are, around boxes we fit.
    """
    parts = []
    for path in files:
        windows = load(path)
        known = np.flatnonzero(windows.labels >= 0)
        if limit is not None:
            known = np.random.default_rng([7, *path.stem.encode()]).permutation(known)[:limit]
        if len(known):
            parts.append(_seen(base, windows, known, (copies, kinds, refit)))
    return joined(parts)


def _seen(
    base: Base, windows: Windows, known: NDArray[np.int64], wanted: tuple[int, Sequence[str], bool]
) -> Seen:
    copies, kinds, refit = wanted
    rng = np.random.default_rng([8, *windows.image.encode()])
    crops = [
        varied(windows, i, rng, GEOMETRY, refit=refit)
        if c or refit
        else straight(windows, i, GEOMETRY)
        for i in known
        for c in range(copies)
    ]
    probes = {
        kind: base([_probe(windows, i, kind, rng) for i in known])
        for kind in kinds
        if kind != "given"
    }
    features = base(crops).reshape(len(known), copies, -1)
    n = len(known)
    return Seen(
        features,
        {"given": features[:, 0], **probes},
        windows.labels[known],
        np.full(n, windows.group),
        np.full(n, windows.image),
    )


def _probe(windows: Windows, i: int, kind: str, rng: np.random.Generator) -> Plane:
    """Return a crop around a jittered box, one fitted from there, or on a made-up background."""
    from spinegui.backends.classical.shape import fit_in_box

    plane, head = np.asarray(windows.pixels[i], np.float32), windows.head_px
    box = jittered(windows.boxes[i, :1], JITTER, rng)[0]
    if kind == "fitted":
        shape = fit_in_box(plane, Box(*map(float, box)), scale_px=head)
        box = np.array(shape.box.as_xyxy())
    if kind == "raw" and plane.max() > 0 and (windows.clear[i] == 255).all():
        plane = with_background(plane, head, rng)
    return cut_crop(plane, box, (head, head), GEOMETRY)


def joined(parts: Sequence[Seen]) -> Seen:
    return Seen(
        np.concatenate([p.features for p in parts]),
        {kind: np.concatenate([p.probes[kind] for p in parts]) for kind in parts[0].probes},
        np.concatenate([p.labels for p in parts]),
        np.concatenate([p.groups for p in parts]),
        np.concatenate([p.images for p in parts]),
    )


def save_seen(path: Path, seen: Seen) -> None:
    np.savez(
        path,
        features=seen.features.astype(np.float16),
        labels=seen.labels,
        groups=seen.groups,
        images=seen.images,
        **{f"probe_{kind}": rows.astype(np.float16) for kind, rows in seen.probes.items()},
    )


def load_seen(path: Path) -> Seen:
    with np.load(path, allow_pickle=False) as f:
        probes = {
            name.removeprefix("probe_"): f[name].astype(np.float32)
            for name in f.files
            if name.startswith("probe_")
        }
        return Seen(f["features"].astype(np.float32), probes, f["labels"], f["groups"], f["images"])
