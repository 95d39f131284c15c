"""spinegui evaluate: a model measured against an annotated dataset, as figures and a page."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.cli.choosing import add_model_option, choose_models
from spinegui.cli.classifying import classify, read_dataset
from spinegui.cli.console import UsageError, check_folder, not_writable, refuse_existing
from spinegui.cli.detecting import detect
from spinegui.cli.figures import figure
from spinegui.domain.matching import MatchBy
from spinegui.imaging.source import ImageReadError
from spinegui.jobs.payloads import ImageInput
from spinegui.reports.evaluation import EvaluationError, evaluate
from spinegui.reports.provenance import Provenance
from spinegui.storage.exchange.coco import CocoError, resolve_below
from spinegui.storage.files import sha256_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from spinegui.cli.console import Console
    from spinegui.reports.evaluation import Evaluation
    from spinegui.storage.exchange.coco import CocoDataset
    from spinegui.storage.model_store import ModelInfo

HELP = "measure a model against annotated images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("coco", type=Path, metavar="COCO.json")
    parser.add_argument("--images", required=True, type=Path, metavar="DIR")
    add_model_option(parser)
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="REPORT_DIR")
    parser.add_argument(
        "--match",
        choices=[by.value for by in MatchBy],
        default=MatchBy.CENTER.value,
        help="when a detection has found a spine: its centre lies in the box (default), "
        "or the boxes overlap by half",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an existing report")


def run(options: argparse.Namespace, console: Console) -> None:
    """Detect and classify on every image of the dataset, then write the report."""
    # Loads matplotlib, which the other verbs should not wait for.
    from spinegui.reports.page import write_report

    folder: Path = options.output
    _check_report_folder(folder, overwrite=options.overwrite)
    check_folder(options.images, "--images")
    models = choose_models(options.model)
    dataset = read_dataset(options.coco, options.images)
    try:
        found = measure(dataset, options, models, console)
        source = provenance(dataset, options, models)
        write_report(found, folder, provenance=source, overwrite=options.overwrite)
    except (CocoError, ImageReadError, EvaluationError) as err:
        raise UsageError(str(err)) from err
    except FileExistsError as err:
        refuse_existing(folder, err)
    except OSError as err:
        raise not_writable(folder, err) from err
    _say(found, folder, console)


def _check_report_folder(folder: Path, *, overwrite: bool) -> None:
    """Make the folder, so that a report that cannot be written costs no work."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file. Name a folder for the report.")
    if (folder / "metrics.json").exists() and not overwrite:
        refuse_existing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise UsageError(
            f"The folder {folder} cannot be made ({err.strerror}). Choose another place."
        ) from err


def measure(
    dataset: CocoDataset,
    options: argparse.Namespace,
    models: Mapping[str, ModelInfo],
    console: Console,
) -> Evaluation:
    """Return how the models do. Raises CocoError, EvaluationError, WorkError."""
    root: Path = options.images
    inputs = [
        ImageInput(
            path=str(resolve_below(root, image.pixels).absolute()),
            pixel_size=image.pixel_size,
            channel=image.channel,
        )
        for image in dataset.images
    ]
    predictions = detect(inputs, dict(models), console)
    class_scores = {}
    if any(label is not None for label in dataset.labels().values()):
        entries = classify(options.coco, root, models["classifier"], console)
        class_scores = {entry["annotation_id"]: entry["category_scores"] for entry in entries}
    by_position = dict(enumerate(predictions))
    match_by = MatchBy(options.match)
    return evaluate(dataset, root, by_position, class_scores, match_by=match_by)  # type: ignore[arg-type]


def provenance(
    dataset: CocoDataset, options: argparse.Namespace, models: Mapping[str, ModelInfo]
) -> Provenance:
    """Return where the figures come from. Raises CocoError, OSError."""
    files = [resolve_below(options.images, image.pixels) for image in dataset.images]
    # Only some models name what they were trained on, so the images are hashed for those alone.
    telling = any(model.manifest.trained_on for model in models.values())
    hashes = [sha256_of(file) for file in files] if telling else []
    return Provenance(
        models=models,
        dataset=str(options.coco),
        dataset_sha256=sha256_of(options.coco),
        command=_command(options, models),
        program=f"spinegui {__version__}",
        trained_on={
            model.sha: len(set(hashes) & set(model.manifest.trained_on))
            for model in models.values()
        },
    )


def _command(options: argparse.Namespace, models: Mapping[str, ModelInfo]) -> str:
    """Return what to type for the same figures, with the models named that were active."""
    names = dict.fromkeys(model.name for model in models.values())
    words = ["spinegui", "evaluate", str(options.coco), "--images", str(options.images)]
    words += [word for name in names for word in ("--model", name)]
    words += ["--match", options.match] if options.match != MatchBy.CENTER.value else []
    return shlex.join([*words, "-o", str(options.output)])


def _say(found: Evaluation, folder: Path, console: Console) -> None:
    classes = found.given_boxes.figures if found.given_boxes else {}
    figures: dict[str, dict[str, object]] = {}
    for title, estimates in (("detection", found.detection or {}), ("classes", classes)):
        for name, estimate in estimates.items():
            entry = estimate.to_json()
            rests_on = f"n = {estimate.n} on {estimate.n_images} images"
            console.show(f"{title:<10} {name:<28} {figure(entry)}  {rests_on}")
            figures.setdefault(title, {})[name] = entry
    console.say(f"Report: {folder / 'report.html'}")
    console.result({"report": str(folder), "figures": figures})
