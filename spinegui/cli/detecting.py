"""spinegui detect: spines in images, as COCO results."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.choosing import add_model_option, choose_models
from spinegui.cli.console import UsageError, WorkError, check_output, write_json
from spinegui.cli.job import job_folder, run_job
from spinegui.domain.image_ref import PixelSize
from spinegui.imaging.opening import is_image, open_image
from spinegui.imaging.source import ImageReadError
from spinegui.jobs.payloads import DetectPayload, ImageInput
from spinegui.jobs.results import ResultError, load_predictions, predictions_name
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from spinegui.cli.console import Console
    from spinegui.domain.predictions import Predictions
    from spinegui.storage.model_store import ModelInfo

HELP = "find spines in images"
COUNT_CUT = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="image or folder of images")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT.json")
    add_model_option(parser)
    parser.add_argument("--min-score", type=float, default=0.01, metavar="S", help="(0.01)")
    parser.add_argument("--pixel-size", type=float, metavar="UM", help="of x and y, in µm")
    parser.add_argument("--z-step", type=float, metavar="UM", help="between slices, in µm")
    parser.add_argument("--channel", type=int, default=0, metavar="N", help="counted from 0")
    parser.add_argument("--time", type=int, default=0, metavar="N", help="counted from 0")
    parser.add_argument(
        "--projection",
        choices=("max", "none"),
        default="none",
        help="detect in the maximum projection of a stack",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an existing output")


def run(options: argparse.Namespace, console: Console) -> None:
    """Detect and write one entry a detection."""
    check_output(options.output, overwrite=options.overwrite)
    if not 0 <= options.min_score <= 1:
        raise UsageError("A score lies between 0 and 1. Choose another --min-score.")
    named = list(_named_images(options.images))
    inputs = [_input(path, options) for _, path in named]
    predictions = detect(inputs, choose_models(options.model), console, options.min_score)
    entries = [
        entry
        for index, ((name, _), found) in enumerate(zip(named, predictions, strict=True))
        for entry in coco_results(found, name, index)
    ]
    write_json(options.output, entries, overwrite=options.overwrite)
    count = sum(int((p.scores >= COUNT_CUT).sum()) for p in predictions)
    console.say(f"{count} spines (score ≥ {COUNT_CUT}) in {len(named)} images: {options.output}")
    console.result(
        {
            "output": str(options.output),
            "images": len(named),
            "spines": count,
            "entries": len(entries),
        }
    )


def detect(
    inputs: Sequence[ImageInput],
    models: dict[str, ModelInfo],
    console: Console,
    min_score: float = 0.01,
) -> list[Predictions]:
    """Run one detection job and return its predictions, an image each. Raises WorkError."""
    payload = DetectPayload(
        images=tuple(inputs),
        detector=str(models["detector"].folder),
        classifier=str(models["classifier"].folder),
        min_score=min_score,
    )
    with job_folder() as folder:
        results = run_job(folder, JobKind.DETECT, payload.to_json(), console, "Detecting")
        try:
            return [load_predictions(results / predictions_name(i)) for i in range(len(inputs))]
        except ResultError as err:
            raise WorkError(str(err)) from err


def _named_images(names: Iterable[str]) -> Iterable[tuple[str, Path]]:
    """Yield (name to write, path): as given, or the path below a given folder."""
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and is_image(p))
            if not found:
                raise UsageError(f"The folder {path} holds no image. Choose another one.")
            yield from ((p.relative_to(path).as_posix(), p) for p in found)
        elif path.exists():
            yield name, path
        else:
            raise UsageError(f"{path} does not exist. Check the name.")


def _input(path: Path, options: argparse.Namespace) -> ImageInput:
    """Check that the image can be read as asked, before any work begins."""
    try:
        with open_image(path) as source:
            known = source.pixel_size
            for option, count in (("channel", source.n_channels), ("time", source.n_times)):
                if not 0 <= getattr(options, option) < count:
                    raise UsageError(f"{path} has {count} {option}s. Choose another --{option}.")
    except ImageReadError as err:
        raise UsageError(str(err)) from err
    return ImageInput(
        path=str(path.absolute()),
        pixel_size=_pixel_size(known, options.pixel_size, options.z_step),
        channel=options.channel,
        time=options.time,
        projection=options.projection,
    )


def _pixel_size(
    known: PixelSize | None, pixel_um: float | None, z_step_um: float | None
) -> PixelSize | None:
    """Return the size given, or None where the file's own counts."""
    if pixel_um is None and z_step_um is None:
        return None
    try:
        if pixel_um is not None:
            z_um = z_step_um if z_step_um is not None else known.z_um if known else None
            return PixelSize(pixel_um, pixel_um, z_um, "command line")
        if known is not None:
            return replace(known, z_um=z_step_um, source="command line")
    except ValueError as err:
        raise UsageError(f"{err} Correct --pixel-size or --z-step.") from err
    raise UsageError("--z-step says nothing where the pixel size is unknown. Add --pixel-size.")


def coco_results(found: Predictions, file_name: str, image_id: int) -> list[dict[str, object]]:
    """Return an image's detections as COCO results, best first."""
    entries = []
    for i in found.scores.argsort(kind="stable")[::-1]:
        x0, y0, x1, y1 = (float(v) for v in found.boxes[i])
        scores = dict(zip(found.class_ids, map(float, found.class_scores[i]), strict=True))
        entry: dict[str, object] = {
            "file_name": file_name,
            "image_id": image_id,
            "bbox": [x0, y0, x1 - x0, y1 - y0],
            "score": float(found.scores[i]),
        }
        if scores:
            entry["category_name"] = max(scores, key=lambda label: scores[label])
            entry["category_scores"] = scores
        if not math.isnan(found.z[i]):
            entry["z"] = float(found.z[i])
            entry["z_range"] = [int(v) for v in found.z_range[i]]
        entries.append(entry)
    return entries
