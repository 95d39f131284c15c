"""The learning loop as a figure: what corrections buy, image by image."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from spinegui.reports.figures import FAINT, HAIRLINE, INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
GOAL = 0.7


def draw(results: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """Return a PNG: test corrections, arriving corrections, F1, and classes or older data."""
    figure = Figure(figsize=(10.5, 7.6), dpi=140, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, 2)
    for (name, result), colour in zip(results.items(), COLOURS, strict=False):
        points = result["test"]
        _curve(axes[0, 0], points, "corrections_per_spine", name, colour)
        _arriving(axes[0, 1], result["arriving"], name, colour)
        _curve(axes[1, 0], points, "f1", name, colour)
        if points[0]["class_accuracy"]:
            _curve(axes[1, 1], points, "class_accuracy", name, colour)
    n = f"n = {about['test_spines']} on {about['test_images']} images"
    _label(axes[0, 0], "Corrections on held-out images", n, "corrections a spine")
    _label(axes[0, 1], "Corrections made so far", "on the images reviewed", "corrections")
    _label(axes[1, 0], "F1 at the cut of 0.5", n, "F1")
    if any(r["test"][0]["class_accuracy"] for r in results.values()):
        _label(axes[1, 1], "Class accuracy, given the boxes", n, "accuracy")
    else:
        _older(axes[1, 1], results)
    axes[0, 0].set_ylim(bottom=0)
    axes[0, 1].legend(frameon=False, fontsize=8.5)
    axes[0, 0].legend(frameon=False, fontsize=8.5)
    figure.suptitle(
        f"{about['set']}: retrained after every {about['retrain_every']} images "
        "(solid) and never (dashed)", x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK,
    )  # fmt: skip
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _curve(ax: Axes, points: Sequence[Mapping[str, Any]], key: str, name: str, colour: str) -> None:
    x = [p["reviewed"] for p in points]
    values, low, high = (
        np.array([np.nan if p[key][k] is None else p[key][k] for p in points], float)
        for k in ("value", "low", "high")
    )
    ax.plot(x, values, "o-", color=colour, linewidth=1.8, markersize=4, label=name)
    ax.fill_between(x, low, high, color=colour, alpha=0.12, linewidth=0)
    ax.axhline(values[0], color=colour, linewidth=1.2, linestyle="--")
    if key == "corrections_per_spine":
        ax.axhline(GOAL * values[0], color=colour, linewidth=0.9, linestyle=":",
                   label=f"{name}: 30 % fewer")  # fmt: skip


def _arriving(ax: Axes, rows: Sequence[Mapping[str, Any]], name: str, colour: str) -> None:
    x = np.arange(1, len(rows) + 1)
    for key, style, what in (("retrained", "o-", "retrained"), ("base", "--", "never retrained")):
        total = np.cumsum([row[key]["total"] for row in rows])
        ax.plot(x, total, style, color=colour, linewidth=1.6, markersize=4, label=f"{name}, {what}")


def _older(ax: Axes, results: Mapping[str, Any]) -> None:
    """Draw F1 on older data before and after, with the interval of the paired change."""
    names = list(next(iter(results.values()))["old"])
    for k, ((label, result), colour) in enumerate(zip(results.items(), COLOURS, strict=False)):
        y = np.arange(len(names)) + 0.18 * (k - (len(results) - 1) / 2)
        change = [result["old"][name]["change"] for name in names]
        value = np.array([c["value"] for c in change], float)
        ends = np.array([[c["low"], c["high"]] for c in change], float).T
        ax.errorbar(
            value, y, xerr=np.abs(ends - value), fmt="o", color=colour, capsize=3, label=label
        )
    ax.axvline(0, color=FAINT, linewidth=0.8)
    ax.axvline(-0.03, color=FAINT, linewidth=0.9, linestyle=":")
    ax.set_yticks(np.arange(len(names)), names)
    ax.invert_yaxis()
    _label(ax, "Change of F1 on older data", "after the last training", None, "change of F1")


def _label(ax: Axes, title: str, n: str, y: str | None, x: str = "images reviewed") -> None:
    ax.set_title(title, loc="left", fontsize=10.5, fontweight="bold", color=INK)
    ax.set_title(n, loc="right", fontsize=8.5, color=FAINT)
    ax.set_xlabel(x, color=FAINT, fontsize=9)
    if y is not None:
        ax.set_ylabel(y, color=FAINT, fontsize=9)
    ax.tick_params(colors=FAINT, labelsize=8.5, length=3, color=HAIRLINE)
    if x == "images reviewed":
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(color=HAIRLINE, linewidth=0.6, alpha=0.7)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
