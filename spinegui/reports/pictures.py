"""Images with boxes for a report: what was found, what was found wrongly, what was missed."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.image import imsave

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.imaging.contrast import apply_window, auto_window
from spinegui.imaging.opening import open_image
from spinegui.imaging.projection import max_projection
from spinegui.reports.figures import label_colour
from spinegui.storage.exchange.coco import resolve_below

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.reports.image_results import ImageResult

MAX_PICTURES = 12
_MAX_SIDE_PX = 768
_MARGIN_PX = 24
_WIDE = 2.5
_LETTERS_ACROSS = 48
_CUT_OUT_SHARE = 0.2
FOUND, FALSE, MISSED, REGION = "#56B4E9", "#D55E00", "#F0E442", "#9AA0A6"


def choose(results: tuple[ImageResult, ...]) -> list[ImageResult]:
    """Return the images worth looking at: those with most errors first."""
    shown = [r for r in results if len(r.truth) or r.is_kept.any()]
    return sorted(shown, key=lambda r: -r.n_errors)[:MAX_PICTURES]


def picture_svg(result: ImageResult, root: Path) -> str:
    """Return an SVG element: the image (a stack as its projection) and its boxes.

    Raises ImageReadError and CocoError.
    """
    grey = _grey(result, root)
    x0, y0, x1, y1 = _frame(result, grey.shape)
    out = io.BytesIO()
    imsave(out, _shrunk(grey[y0:y1, x0:x1]), cmap="gray", vmin=0, vmax=255, format="png")
    data = base64.b64encode(out.getvalue()).decode()
    is_wide = x1 - x0 > _WIDE * (y1 - y0)  # shown across the page, so at twice the scale
    shape, letters = ("wide", 2 * _LETTERS_ACROSS) if is_wide else ("plain", _LETTERS_ACROSS)
    place = f'x="{x0}" y="{y0}" width="{x1 - x0}" height="{y1 - y0}"'
    return (
        f'<svg class="{shape}" viewBox="{x0} {y0} {x1 - x0} {y1 - y0}" role="img" '
        f'font-size="{(x1 - x0) / letters:.1f}" '
        f'aria-label="{escape(result.image.file_name)} with boxes">'
        f'<image href="data:image/png;base64,{data}" {place}/>'
        f"{''.join(_regions(result) + _boxes(result))}</svg>"
    )


def _frame(result: ImageResult, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return x0, y0, x1, y1 of the part that holds all boxes: a page has no room for the rest."""
    boxes = np.vstack([result.truth.boxes, result.predictions.boxes[result.is_kept]])
    low = np.floor(boxes[:, :2].min(axis=0) - _MARGIN_PX).astype(int)
    high = np.ceil(boxes[:, 2:].max(axis=0) + _MARGIN_PX).astype(int)
    height, width = shape
    x0, x1 = (int(v) for v in np.clip((low[0], high[0]), 0, width))
    y0, y1 = (int(v) for v in np.clip((low[1], high[1]), 0, height))
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else (0, 0, width, height)


def _grey(result: ImageResult, root: Path) -> NDArray[np.uint8]:
    with open_image(resolve_below(root, result.image.file_name)) as source:
        channel = result.image.channel
        plane = max_projection(source, c=channel) if source.n_z > 1 else source.plane(c=channel)
        return apply_window(plane, *window_of(plane))


def window_of(plane: NDArray[np.generic]) -> tuple[float, float]:
    """Return the contrast for a picture: of a dendrite cut out onto black, that of the dendrite."""
    lit = plane[plane > plane.min()]
    if 0 < len(lit) < _CUT_OUT_SHARE * plane.size:
        return float(plane.min()), auto_window(lit[None])[1]
    return auto_window(plane)


def _shrunk(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the image at a size fit for a page, each pixel the brightest of a block."""
    step = -(-max(grey.shape) // _MAX_SIDE_PX)
    if step == 1:
        return grey
    padded = np.pad(grey, [(0, -side % step) for side in grey.shape])
    height, width = (side // step for side in padded.shape)
    return np.asarray(padded.reshape(height, step, width, step).max(axis=(1, 3)), np.uint8)


def _regions(result: ImageResult) -> list[str]:
    """Return the borders of what was reviewed, where that is not the whole image."""
    boxes = [np.array(r.box.as_xyxy(), np.float64) for r in result.image.reviewed_regions or ()]
    return [_box(box, "region", REGION, "reviewed region") for box in boxes]


def _boxes(result: ImageResult) -> list[str]:
    drawn = []
    for i in np.flatnonzero(result.is_kept):
        j = int(result.matched[i])
        said = _said(result, int(i))
        score = f"score {result.predictions.scores[i]:.2f}"
        if j < 0:
            drawn.append(_box(result.predictions.boxes[i], "false", FALSE, f"not a spine, {score}"))
            continue
        meant = result.labels[j]
        colour = label_colour(said) if said else FOUND
        # A class that the model does not know is not held against it.
        is_wrong = meant in result.predictions.class_ids and said != meant
        title = f"found, {score}" + (f", {said}" if said else "")
        title += f", people say {meant}" if is_wrong else ""
        letter = f"{_letter(said)}≠{_letter(meant)}" if is_wrong else _letter(said)
        drawn.append(_box(result.predictions.boxes[i], "found", colour, title, letter))
    missed = [_box(result.truth.boxes[j], "missed", MISSED, "missed") for j in result.missed]
    return drawn + missed


def _said(result: ImageResult, i: int) -> str | None:
    ids = result.predictions.class_ids
    return ids[int(np.argmax(result.predictions.class_scores[i]))] if ids else None


def _letter(label: str | None) -> str:
    known = SPINE_CLASSES.find(label)
    return known.letter if known else (label or "")[:1].upper()


def _box(xyxy: NDArray[np.float64], kind: str, colour: str, title: str, letter: str = "") -> str:
    x0, y0, x1, y1 = (float(v) for v in xyxy)
    text = (
        f'<text x="{x1 + 1:.1f}" y="{y0 + 3:.1f}" fill="{colour}">{escape(letter)}</text>'
        if letter
        else ""
    )
    return (
        f'<g class="{kind}"><title>{escape(title)}</title><rect x="{x0:.2f}" y="{y0:.2f}" '
        f'width="{x1 - x0:.2f}" height="{y1 - y0:.2f}" stroke="{colour}"/>{text}</g>'
    )
