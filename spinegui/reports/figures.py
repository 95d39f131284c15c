"""The figures of an evaluation, as PNG bytes, for light and for dark pages."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.domain.metrics import CALIBRATION_BINS, SCORE_CUT, bin_of, precision_recall

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from spinegui.domain.metrics import DetectionTable
    from spinegui.reports.evaluation import ClassResult, Evaluation

INK, FAINT, HAIRLINE, ACCENT = "#22262B", "#6B727B", "#D9DDE2", "#0072B2"
_DPI = 160


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a figure."""

    paper: str
    ink: str
    faint: str
    hairline: str
    accent: str
    full: str
    """A matrix cell that holds its whole row."""


LIGHT = Theme("#FFFFFF", INK, FAINT, HAIRLINE, ACCENT, "#1F6FAE")
DARK = Theme("#1E2125", "#E6E8EA", "#9AA0A6", "#3A3F46", "#56B4E9", "#2F86C6")


def label_name(label: str) -> str:
    """Return the name that people know a class by."""
    known = SPINE_CLASSES.find(label)
    return known.name if known else label.replace("_", " ").capitalize()


def label_colour(label: str) -> str:
    """Return the colour of a class, as everywhere in the program."""
    found = SPINE_CLASSES.with_class(label).find(label)
    assert found is not None
    return found.colour


def pr_png(evaluation: Evaluation, theme: Theme = LIGHT) -> bytes:
    """Draw precision against recall, with the cut at 0.5 and the best one marked."""
    figure, ax = _canvas("Recall", "Precision", theme)
    table, figures = evaluation.table, evaluation.detection
    if table is None or figures is None or len(table.scores) == 0:
        return _nothing(figure, ax, "No detections to draw.", theme)
    cuts, precision, recall = precision_recall(table, np.ones((1, table.n_images)))
    ax.plot(recall[0], precision[0], color=theme.accent, linewidth=1.8, solid_capstyle="round")
    at_half = int(np.sum(cuts >= SCORE_CUT)) - 1
    marks = []
    if (best_cut := figures["best_cut"].value) is not None:
        best = int(np.argmin(np.abs(cuts - best_cut)))
        marks.append((best, "D", f"best F1, cut {cuts[best]:.2f}"))
    marks += [(at_half, "o", "cut 0.50")] if at_half >= 0 else []
    for i, marker, text in marks:
        ax.plot(
            recall[0, i], precision[0, i], marker, markersize=7, label=text, linestyle="none",
            markerfacecolor=theme.paper, markeredgecolor=theme.ink, markeredgewidth=1.4,
        )  # fmt: skip
    ap = figures["ap"].value
    ax.set(xlim=(0, 1.01), ylim=(0, 1.03))
    found = f"AP {ap:.3f}" if ap is not None else "AP unknown"
    _title(ax, found, f"n = {evaluation.n_spines} spines", theme)
    if marks:
        ax.legend(loc="lower left", frameon=False, fontsize=9, labelcolor=theme.ink)
    return _png(figure)


def calibration_png(evaluation: Evaluation, theme: Theme = LIGHT) -> bytes:
    """Draw the share of detections that are spines against their score, in ten bins."""
    figure, ax = _canvas("Score", "Share that are spines", theme)
    table = evaluation.table
    if table is None or len(table.scores) == 0:
        return _nothing(figure, ax, "No detections to draw.", theme)
    score, share, count = _bins(table)
    ax.plot([0, 1], [0, 1], color=theme.hairline, linewidth=1.2, zorder=0)
    ax.plot(score, share, "-", color=theme.accent, linewidth=1.4, alpha=0.5)
    ax.scatter(
        score, share, s=18 + 160 * count / count.max(), color=theme.accent, zorder=3, alpha=0.9
    )
    for x, y, n in zip(score, share, count, strict=True):
        ax.annotate(
            f"{int(n)}", (x, y), textcoords="offset points", xytext=(0, 11), ha="center",
            fontsize=7.5, color=theme.faint,
        )  # fmt: skip
    ax.set(xlim=(-0.04, 1.05), ylim=(-0.06, 1.12))
    _title(ax, "Are the scores honest?", f"n = {len(table.scores)} detections", theme)
    return _png(figure)


def _bins(
    table: DetectionTable,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    index = bin_of(table.scores)
    count = np.bincount(index, minlength=CALIBRATION_BINS).astype(np.float64)
    used = count > 0
    score = np.bincount(index, weights=table.scores, minlength=CALIBRATION_BINS)
    right = np.bincount(index, weights=table.is_match, minlength=CALIBRATION_BINS)
    return score[used] / count[used], right[used] / count[used], count[used]


def confusion_png(result: ClassResult | None, subtitle: str, theme: Theme = LIGHT) -> bytes:
    """Draw people's labels against the model's: counts, shaded by the share of each row."""
    figure, ax = _canvas("The model says", "People say", theme)
    if result is None:
        return _nothing(figure, ax, "No spine has both a person's and a model's class.", theme)
    counts = result.table.confusion()
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [label_name(label) for label in result.table.label_ids]
    shades = LinearSegmentedColormap.from_list("shades", [theme.paper, theme.full])
    ax.imshow(share, cmap=shades, vmin=0, vmax=1, aspect="equal")
    for (i, j), n in np.ndenumerate(counts):
        ax.text(
            j, i, f"{n}" if n else "·", ha="center", va="center", fontsize=11,
            color="white" if share[i, j] > 0.6 else theme.ink,
        )  # fmt: skip
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    for ticks in (ax.get_xticklabels(), ax.get_yticklabels()):
        for tick in ticks:
            tick.set_fontsize(8.5)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _title(ax, subtitle, f"n = {int(counts.sum())} spines", theme)
    return _png(figure)


def _canvas(x_label: str, y_label: str, theme: Theme) -> tuple[Figure, Axes]:
    # No pyplot: it keeps figures alive and picks a window system.
    figure = Figure(figsize=(4.6, 4.2), dpi=_DPI, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    figure.set_layout_engine("constrained", w_pad=0.14, h_pad=0.12)
    ax = figure.add_subplot(facecolor=theme.paper)
    ax.set_xlabel(x_label, color=theme.faint, fontsize=9.5)
    ax.set_ylabel(y_label, color=theme.faint, fontsize=9.5)
    ax.tick_params(colors=theme.faint, labelsize=8.5, length=3, color=theme.hairline)
    ax.grid(color=theme.hairline, linewidth=0.6, alpha=0.7)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(theme.hairline)
    return figure, ax


def _title(ax: Axes, text: str, n: str, theme: Theme) -> None:
    ax.set_title(text, loc="left", fontsize=11, fontweight="bold", color=theme.ink, pad=10)
    ax.set_title(n, loc="right", fontsize=9, color=theme.faint, pad=10)


def _nothing(figure: Figure, ax: Axes, text: str, theme: Theme) -> bytes:
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, ha="center", va="center", color=theme.faint, transform=ax.transAxes)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    # Without the date and version, the same figures give the same bytes.
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
