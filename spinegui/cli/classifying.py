"""spinegui classify: the class of every annotated box of a COCO file."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.choosing import add_model_option, choose_models
from spinegui.cli.console import UsageError, WorkError, check_folder, check_output, write_json
from spinegui.cli.job import job_folder, run_job
from spinegui.imaging.opening import open_image
from spinegui.imaging.source import ImageReadError
from spinegui.jobs.payloads import ClassifyPayload
from spinegui.jobs.results import CLASSIFIED_NAME
from spinegui.jobs.spec import JobKind
from spinegui.storage.exchange.coco import CocoError, read_coco, resolve_below
from spinegui.storage.strict_json import StrictJsonError, load_strict

if TYPE_CHECKING:
    import argparse

    from spinegui.cli.console import Console
    from spinegui.storage.exchange.coco_values import CocoDataset, CocoImage
    from spinegui.storage.model_store import ModelInfo

HELP = "tell the class of the boxes of a COCO file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("coco", type=Path, metavar="COCO.json")
    parser.add_argument("--images", required=True, type=Path, metavar="DIR")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT.json")
    add_model_option(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace an existing output")


def run(options: argparse.Namespace, console: Console) -> None:
    """Classify and write one entry an annotation."""
    check_output(options.output, overwrite=options.overwrite)
    check_folder(options.images, "--images")
    read_dataset(options.coco, options.images)
    model = choose_models(options.model)["classifier"]
    entries = classify(options.coco, options.images, model, console)
    write_json(options.output, entries, overwrite=options.overwrite)
    console.say(f"{len(entries)} boxes classified: {options.output}")
    console.result({"output": str(options.output), "boxes": len(entries)})


def read_dataset(coco: Path, images: Path) -> CocoDataset:
    """Read a COCO file whose images can all be opened, with the voxel sizes that they tell.

    Raises UsageError before any work begins.
    """
    try:
        dataset = read_coco(coco)
        described = [_described(image, images) for image in dataset.images]
    except (CocoError, ImageReadError) as err:
        raise UsageError(str(err)) from err
    return replace(dataset, images=tuple(described))


def _described(image: CocoImage, root: Path) -> CocoImage:
    with open_image(resolve_below(root, image.pixels)) as source:
        known = source.pixel_size
    if image.pixel_um is not None or known is None:
        return image
    own = {**image.own, "pixel_y_um": known.y_um, "pixel_size_source": known.source}
    return replace(image, pixel_um=known.x_um, z_step_um=known.z_um, own=own)


def classify(
    coco: Path, images: Path, model: ModelInfo, console: Console
) -> list[dict[str, object]]:
    """Run one classification job; returns an entry an annotation. Raises WorkError."""
    with job_folder() as folder:
        shutil.copyfile(coco, folder / "boxes.json")
        payload = ClassifyPayload("boxes.json", str(images.absolute()), str(model.folder))
        results = run_job(folder, JobKind.CLASSIFY, payload.to_json(), console, "Classifying")
        try:
            found = load_strict(results / CLASSIFIED_NAME)
        except (OSError, StrictJsonError) as err:
            raise WorkError(f"The worker's answer cannot be read ({err}). Try again.") from err
    assert isinstance(found, list)
    return found
