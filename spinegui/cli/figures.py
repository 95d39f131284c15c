"""Figures with their intervals as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_ROWS = (
    ("detection", "f1", "F1"),
    ("detection", "precision", "precision"),
    ("detection", "recall", "recall"),
    ("detection", "ap", "average precision"),
    ("given_boxes", "accuracy", "class accuracy"),
    ("given_boxes", "balanced_accuracy", "balanced accuracy"),
)


def validation_lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a training's metrics say of images that the model never saw, a figure a line.

    `metrics` is the JSON object that a train job leaves.
    """
    validation = metrics.get("validation")
    if validation is None:
        yield "Held out: no images, so nothing was measured."
        return
    folds = validation.get("folds")
    title = f"Cross-validation, {folds} folds" if folds else "Held out"
    if validation.get("problem"):
        yield f"{title}: {validation['problem']}"
        return
    yield f"{title}: {validation['n_images']} images, {validation['after']['n_spines']} spines"
    if validation.get("n_seen_by_base"):
        n_seen = validation["n_seen_by_base"]
        yield f"  {n_seen} of these had trained the base: the figures may be too good."
    for group, name, title in _ROWS:
        line = _compared(validation, group, name)
        if line:
            yield f"  {title:<18} {line}"


def _compared(validation: Mapping[str, Any], group: str, name: str) -> str:
    """Return "before → after (change)" of one figure, "" where it was not measured."""
    before, after, change = (
        ((validation.get(side) or {}).get(group) or {}).get(name)
        for side in ("before", "after", "change")
    )
    if after is None or after["value"] is None:
        return ""
    shown = f"{figure(after)}  n = {after['n']}"
    if before is not None and before["value"] is not None:
        shown = f"{figure(before)} → {shown}"
    if change is not None and change["value"] is not None:
        shown += f"  change {figure(change, sign='+')}"
    return shown


def figure(estimate: Mapping[str, Any], sign: str = "") -> str:
    """Return a figure with its 95 % interval; `estimate` is an Estimate's JSON object."""
    if estimate["value"] is None:
        return "not measured"
    text = f"{estimate['value']:{sign}.3f}"
    if estimate["low"] is not None and estimate["high"] is not None:
        text += f" [{estimate['low']:{sign}.3f}, {estimate['high']:{sign}.3f}]"
    return text
