"""Annotated images: the data sets' splits, synthetic scenes, and variants as other microscopes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import tifffile

from spinegui.backends.base import Frame
from spinegui.domain.image_ref import PixelSize
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_FRAME_BOX_PX = 27.0
_FRAME_HEAD_PX = 9.0


@dataclass(frozen=True, eq=False)
class Example:
    """One annotated image. heads (n, 3) z, y, x and boxes (n, 4) xyxy in image px.

    head_px is None where the detector has to find the scale itself; `looked_at` masks (Y, X).
    """

    name: str
    source: str
    group: str
    frame: Frame
    heads: NDArray[np.float64]
    boxes: NDArray[np.float64]
    looked_at: NDArray[np.bool_] | None = None
    head_px: float | None = None


def frames(root: Path, split: str) -> list[Example]:
    """Return the two-photon frames; look-alike neighbours by number share a group."""
    data = json.loads((root / "mpfi_fullframes" / f"{split}.json").read_text())
    numbers = sorted(image["id"] for image in data["images"])
    group, groups = 0, {numbers[0]: 0}
    for before, after in pairwise(numbers):
        group += after - before > 3
        groups[after] = group
    found: list[Example] = []
    for image in data["images"]:
        boxes = _boxes(data, image["id"])
        pixels = tifffile.imread(root / "mpfi_fullframes" / image["file_name"])
        width = float(np.median(boxes[:, 2] - boxes[:, 0])) if len(boxes) else _FRAME_BOX_PX
        found.append(
            Example(
                f"frame {image['id']}", "frames", f"frames {groups[image['id']]}",
                Frame(pixels[None], None), _centres(boxes), boxes,
                head_px=_FRAME_HEAD_PX * width / _FRAME_BOX_PX,
            )
        )  # fmt: skip
    return found


def stacks(root: Path, split: str, *, projected: bool = False) -> list[Example]:
    """Return the in vivo stacks, or their maximum projections; a session is a group."""
    folder = root / "rr30a_3d"
    data = json.loads((folder / f"{split}.json").read_text())
    found: list[Example] = []
    for image in data["images"]:
        name = image["file_name"] if projected else image["stack"]
        pixels = tifffile.imread(folder / name)
        size = PixelSize(image["pixel_um"], image["pixel_um"], image["z_step_um"], "ImageJ")
        of_image = [a for a in data["annotations"] if a["image_id"] == image["id"]]
        heads = np.array([a["head_est"] for a in of_image], float)[:, ::-1]
        if projected:
            pixels, heads = pixels[None], heads * (0.0, 1.0, 1.0)
        kind = "projections" if projected else "stacks"
        looked_at = tifffile.imread(folder / image["roi_mask"]) > 0
        found.append(
            Example(
                f"{kind} {image['id']}", kind, f"session {image['session']}",
                Frame(pixels, size), heads, _boxes(data, image["id"]), looked_at,
            )
        )  # fmt: skip
    return found


def cut_out(root: Path) -> list[Example]:
    """Return the dendrites cut out by hand, train split: for the scale, not to learn spines from.

    Their boxes are tight around head and neck; a head's width is taken as 0.65 of the mean side.
    """
    data = json.loads((root / "meng_classes" / "train.json").read_text())
    found: list[Example] = []
    for image in data["images"]:
        boxes = _boxes(data, image["id"])
        pixels = tifffile.imread(root / "meng_classes" / image["file_name"])
        sides = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
        found.append(
            Example(
                f"cut out {image['id']}", "cut out", f"series {image['series']}",
                Frame(pixels[None], None), _centres(boxes), boxes,
                head_px=0.65 * float(np.median(sides)),
            )
        )  # fmt: skip
    return found


def synthetic(count: int, *, first_seed: int) -> Iterator[Example]:
    """Make synthetic frames and, every third, a stack, of varied brightness, zoom and density."""
    for seed in range(first_seed, first_seed + count):
        draw = np.random.default_rng(seed)
        base = STACK if seed % 3 == 0 else replace(FRAME, width=384, height=384)
        settings = replace(
            base,
            pixel_um=base.pixel_um * float(draw.uniform(0.8, 1.4)),
            photons=base.photons * float(np.exp(draw.normal(0, 0.5))),
            spines_per_um=float(draw.uniform(0.4, 1.3)),
            n_branches=int(draw.integers(0, 3)),
        )
        image = make_image(seed, settings)
        heads = np.array([(s.head.z, s.head.y, s.head.x) for s in image.visible], float)
        boxes = np.array([s.box.as_xyxy() for s in image.visible], float)
        kind = "synthetic stacks" if settings.is_stack else "synthetic"
        yield Example(
            f"synthetic {seed}", kind, f"seed {seed}", Frame(image.pixels, image.pixel_size),
            heads.reshape(-1, 3), boxes.reshape(-1, 4),
        )  # fmt: skip


def varied(example: Example, draw: np.random.Generator) -> Example:
    """Return the example as another microscope would give it: zoom, gamma, noise, turned over."""
    pixels = example.frame.pixels.astype(np.float32)
    top = float(np.percentile(pixels, 99.8)) + 1e-6
    bent = np.clip(pixels / top, 0, None) ** float(np.exp(draw.normal(0, 0.2)))
    photons = float(np.exp(draw.uniform(np.log(60), np.log(3000))))
    noisy = draw.poisson(np.minimum(bent, 4) * photons).astype(np.float32)
    factor = float(np.exp(draw.normal(0, 0.12)))
    size = example.frame.pixel_size
    if size is not None:
        size = PixelSize(size.x_um * factor, size.y_um * factor, size.z_um, size.source)
    head = None if example.head_px is None else example.head_px * factor
    heads, looked_at = example.heads, example.looked_at
    if draw.random() < 0.5:
        noisy, heads = noisy.swapaxes(1, 2), heads[:, [0, 2, 1]]
        looked_at = None if looked_at is None else looked_at.T
    return replace(
        example, name=f"{example.name} varied", frame=Frame(noisy, size), heads=heads,
        looked_at=looked_at, head_px=head,
    )  # fmt: skip


def _boxes(data: dict, image_id: int) -> NDArray[np.float64]:
    boxes = [a["bbox"] for a in data["annotations"] if a["image_id"] == image_id]
    xywh = np.array(boxes, float).reshape(-1, 4)
    return np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1)


def _centres(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.concatenate([np.zeros((len(boxes), 1)), middle[:, ::-1]], axis=1)
