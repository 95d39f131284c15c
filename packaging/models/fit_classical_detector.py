"""Fits the embedded detector on the data sets' train splits and on synthetic images.

Two stages. The expansion and the first opinion are learned on candidates. The final regression is
fitted on first opinions that networks formed without the image's own group, so that it meets what
it will meet on new images; it is then written in terms of the expansion that ships.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from detector_examples import IGNORED, Samples, collect
from detector_network import Basis, Recipe, Table, train
from detector_scale import fit_scale

from spinegui.backends.classical.context import N_CONTEXT, describe_context
from spinegui.backends.classical.detector import FAINTEST, SPINE_APART_PX, spread
from spinegui.backends.classical.features import FINE_N, Measurements
from spinegui.backends.classical.logistic import Expansion, Logistic, fit_map
from spinegui.backends.classical.parameters import DetectorParameters, Opinions
from spinegui.backends.classical.suppression import suppress
from spinegui.domain.metrics import DetectionTable, detection_statistics

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

N_FOLDS = 4
SHIPPED_SEEDS = (0, 11, 12)
"""Networks whose mean ships. One each forms the folds' first opinions: three would change little
there, and the fit takes long enough."""

_KEPT_NEGATIVES = {"frames": 0.35, "stacks": 0.35, "projections": 0.35}
_STACK_PRECISION = 3.0
"""How firmly the stacks' regression stays at the planes' one: one over each weight's variance."""

_FINAL_PRECISION = 3.0
_FINAL_WEIGHTS = {"projections": 4.0}
"""Projections in vivo are few beside the frames, whose fields look otherwise as a whole."""

_SHIFT = {False: 0.15, True: 0.35}
"""Added to the log odds of planes and stacks. Annotators left out some spines, so hits understate
what is right; and among unsure candidates the cut at 0.5 counts too few. On train images not seen,
this brings the count of stacks to that of people, that of planes half the way."""


def fit_detector(data: Path, out: Path, *, without: Collection[str] = ()) -> dict[str, float]:
    """Write `detector.npz` into `out`; return figures of the fit.

    `without` names real sources of `detector_images` that it must not see: a base for measuring
    how fast corrections teach it such images.
    """
    samples = collect(data, without)
    folds = _folds(samples)
    first = [np.zeros(0)] * len(samples)
    for k in range(N_FOLDS):
        inside = [s for s, f in zip(samples, folds, strict=True) if f != k]
        expansion, plane, stack = fit_first(inside, seeds=[k + 1])
        for i, (s, f) in enumerate(zip(samples, folds, strict=True)):
            if f == k and not s.is_variant:
                first[i] = (plane if s.z_um is None else stack).logits(features(s, expansion))
        print(f"fold {k + 1} of {N_FOLDS}", flush=True)
    expansion, plane, stack = fit_first(samples, seeds=SHIPPED_SEEDS)
    opinions: list[Opinions] = []
    figures: dict[str, float] = {}
    for head, is_stack in ((plane, False), (stack, True)):
        chosen = [i for i, s in enumerate(samples) if (s.z_um is not None) == is_stack]
        chosen = [i for i in chosen if not samples[i].is_variant]
        made, found = _final([samples[i] for i in chosen], [first[i] for i in chosen], head,
                             expansion)  # fmt: skip
        opinions.append(made)
        figures |= found
    scale = fit_scale(data, without)
    DetectorParameters(scale, expansion, *opinions).save(out / "detector.npz")
    return figures


def fit_first(
    samples: Sequence[Samples], *, seeds: Sequence[int]
) -> tuple[Expansion, Logistic, Logistic]:
    """Return the expansion and the first opinions for planes and for stacks; one network a seed."""
    made: list[tuple[Expansion, Logistic]] = []
    for seed in seeds:
        draw = np.random.default_rng(seed)
        recipe = Recipe(seed=seed)
        basis = _basis(samples, recipe, draw)
        made.append(train(_table(samples, basis, draw), basis, recipe))
    expansion, plane = side_by_side(made)
    return expansion, plane, _stack_regression(samples, expansion, plane)


def side_by_side(made: Sequence[tuple[Expansion, Logistic]]) -> tuple[Expansion, Logistic]:
    """Return networks of two layers as one, whose log odds are their mean."""
    scale, n = made[0][0].number_scale, len(made)
    first: list[NDArray[np.float32]] = []
    shifts: list[NDArray[np.float32]] = []
    for expansion, _ in made:
        # Each network standardised the numbers by its own samples; all get the first one's way.
        weights = expansion.weights[0].copy()
        d = len(scale)
        shift = (made[0][0].number_mean - expansion.number_mean) / expansion.number_scale
        shifts.append(expansion.biases[0] + shift @ weights[:d])
        weights[:d] *= (scale / expansion.number_scale)[:, None]
        first.append(weights)
    second = [e.weights[1] for e, _ in made]
    block = np.zeros((sum(len(w) for w in second), sum(w.shape[1] for w in second)), np.float32)
    row = column = 0
    for w in second:
        block[row : row + len(w), column : column + w.shape[1]] = w
        row, column = row + len(w), column + w.shape[1]
    biases = np.concatenate(shifts), np.concatenate([e.biases[1] for e, _ in made])
    head = Logistic(
        np.concatenate([h.weights for _, h in made]) / n, sum(h.bias for _, h in made) / n
    )
    joined = Expansion(
        made[0][0].number_mean, scale, (np.concatenate(first, axis=1), block), biases
    )
    return joined, head


def _basis(samples: Sequence[Samples], recipe: Recipe, draw: np.random.Generator) -> Basis:
    some: list[Measurements] = []
    for s in samples:
        likely = np.where(s.targets == 1, 0.4, 0.05)
        some.append(taken(s.measured, draw.random(len(likely)) < likely))
    d = some[0].numbers.shape[1]
    both = [m.inputs(mirrored=flipped) for m in some for flipped in (False, True)]
    inputs = np.concatenate(both)
    patches = inputs[:, d : d + FINE_N**2], inputs[:, d + FINE_N**2 :]
    return Basis.of(inputs[:, :d], patches, recipe.components)


def _table(samples: Sequence[Samples], basis: Basis, draw: np.random.Generator) -> Table:
    inputs, mirrored, targets, weights = [], [], [], []
    for s in samples:
        share = _KEPT_NEGATIVES.get(s.source, 0.7)
        chosen = (s.targets != IGNORED) & (draw.random(len(s.targets)) < share)
        rows = (s.targets == 1) | chosen
        measured = taken(s.measured, rows)
        inputs.append(basis.project(measured.inputs()))
        mirrored.append(basis.project(measured.inputs(mirrored=True)))
        target = s.targets[rows].astype(np.float32)
        targets.append(target)
        weights.append(np.where(target == 1, 1.0, 1 / share).astype(np.float32))
    parts = (inputs, mirrored, targets, weights)
    return Table(*(np.concatenate(part) for part in parts))


def taken(measured: Measurements, rows: NDArray[np.bool_]) -> Measurements:
    """Return the rows of the measurements, patches in single precision."""
    m = measured
    fine, coarse = (p[rows].astype(np.float32) for p in (m.fine, m.coarse))
    return Measurements(m.numbers[rows], fine, coarse, m.depth[rows])


def features(s: Samples, expansion: Expansion) -> NDArray[np.float64]:
    """Return what the first opinion sees."""
    measured = taken(s.measured, np.ones(len(s.targets), bool))
    expanded = expansion.expand(measured)
    return expanded if s.z_um is None else np.concatenate([expanded, measured.depth], axis=1)


def _stack_regression(
    samples: Sequence[Samples], expansion: Expansion, plane: Logistic
) -> Logistic:
    """Return the regression for stacks: the planes' one as prior, the depth profile added."""
    inside = [s for s in samples if s.z_um is not None]
    x = np.concatenate([features(s, expansion)[s.targets != IGNORED] for s in inside])
    y = np.concatenate([s.targets[s.targets != IGNORED] for s in inside]).astype(np.float64)
    weights = np.append(plane.weights, np.zeros(x.shape[1] - len(plane.weights)))
    precision = np.full(x.shape[1] + 1, _STACK_PRECISION)
    return fit_map(x, y, prior=Logistic(weights, plane.bias), precision=precision)


def _final(
    samples: Sequence[Samples],
    first: Sequence[NDArray[np.float64]],
    head: Logistic,
    expansion: Expansion,
) -> tuple[Opinions, dict[str, float]]:
    """Return the opinions with the final regression on context, in terms of the expansion."""
    contexts, truths, inputs, weights = [], [], [], []
    for s, logits in zip(samples, first, strict=True):
        rows, context = contextual(s, logits)
        contexts.append(context)
        truths.append(s.is_hit(rows))
        inputs.append(np.concatenate([features(s, expansion)[rows], context], axis=1))
        weights.append(np.full(len(rows), _FINAL_WEIGHTS.get(s.source, 1.0)))
    x, y, w = np.concatenate(contexts), np.concatenate(truths), np.concatenate(weights)
    told = ~np.isnan(y)
    centre, unit = x.mean(axis=0), x.std(axis=0) + 1e-6
    found = fit_map(
        (x[told] - centre) / unit, y[told], prior=Logistic(np.zeros(N_CONTEXT), 0.0),
        precision=np.append(np.full(N_CONTEXT, _FINAL_PRECISION), 1e-6),
        sample_weights=w[told],
    ).rescaled(1.0, _SHIFT[samples[0].z_um is not None])  # fmt: skip
    scores = [found.scores((c - centre) / unit) for c in contexts]
    return _composed(found, centre, unit, head, inputs), _figures(samples, scores, truths)


def _figures(
    samples: Sequence[Samples],
    scores: Sequence[NDArray[np.float64]],
    truths: Sequence[NDArray[np.float64]],
) -> dict[str, float]:
    """Return figures by source of training images, judged without their own group's networks."""
    figures: dict[str, float] = {}
    for source in dict.fromkeys(s.source for s in samples):
        chosen = [i for i, s in enumerate(samples) if s.source == source]
        told = [~np.isnan(truths[i]) for i in chosen]
        table = DetectionTable(
            np.concatenate([scores[i][t] for i, t in zip(chosen, told, strict=True)]),
            np.concatenate([truths[i][t] > 0 for i, t in zip(chosen, told, strict=True)]),
            np.concatenate([np.full(t.sum(), k) for k, t in enumerate(told)]),
            np.array([len(samples[i].heads) for i in chosen]),
        )
        found = detection_statistics(table, np.ones((1, len(chosen))))
        figures |= {f"{source} {name}": round(float(value[0]), 4) for name, value in found.items()}
        figures[f"{source} n"] = float(table.truths.sum())
    return figures


def _composed(
    found: Logistic,
    centre: NDArray[np.float64],
    unit: NDArray[np.float64],
    head: Logistic,
    inputs: Sequence[NDArray[np.float64]],
) -> Opinions:
    """Return a regression on standardised context as one on the expansion and raw context."""
    slope = found.weights / unit
    bias = found.bias - float(slope @ centre)
    # The first of the context is the first opinion: a sum over the expansion, written out here.
    weights = np.concatenate([head.weights * slope[0], [0.0], slope[1:]])
    final = Logistic(weights, bias + float(slope[0]) * head.bias)
    return Opinions(head, final, np.concatenate(inputs).std(axis=0) + 1e-6)


def contextual(
    s: Samples, logits: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows that stay after suppression, and their context."""
    rows = suppress(spread(s.points, s.z_um), logits, SPINE_APART_PX)
    rows = rows[logits[rows] > FAINTEST]
    return rows, describe_context(s.surroundings, s.points[rows], logits[rows])


def _folds(samples: Sequence[Samples]) -> list[int]:
    """Return a fold per sample; look-alike images, and sessions, share one."""
    groups = sorted({s.group for s in samples})
    order = np.random.default_rng(5).permutation(len(groups))
    fold = {groups[g]: int(k % N_FOLDS) for k, g in enumerate(order)}
    return [fold[s.group] for s in samples]
