"""spinegui train: a new model from a project's corrections or from COCO files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError, check_folder
from spinegui.cli.figures import validation_lines
from spinegui.cli.project import open_project
from spinegui.cli.train_job import check_free, resume, train
from spinegui.cli.train_start import add_start_options, base_of, settings_of
from spinegui.domain.split import split_images
from spinegui.jobs.train_bundle import TrainOrder, held_out_set, possible_folds
from spinegui.storage.exchange.coco import CocoError
from spinegui.storage.exchange.project_content import content_of
from spinegui.storage.model_manifest import ModelStoreError, check_name
from spinegui.storage.model_store import ModelStore
from spinegui.storage.split_setting import keep_split, stored_split
from spinegui.storage.training_set import (
    TrainingSet,
    TrainingSetError,
    check_apart,
    from_coco,
    from_project,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from spinegui.cli.console import Console
    from spinegui.storage.model_store import ModelInfo

HELP = "train a model on a project's corrections or on COCO files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", nargs="?", type=Path, metavar="PROJECT.spine")
    parser.add_argument("--coco", type=Path, metavar="TRAIN.json")
    parser.add_argument("--val", type=Path, metavar="VAL.json", help="measured on only")
    parser.add_argument("--images", type=Path, metavar="DIR", help="of the COCO files")
    parser.add_argument("--model", metavar="NAME", help="the new model's name")
    add_start_options(parser)
    parser.add_argument(
        "--folds", type=int, default=0, metavar="K",
        help="measure by cross-validation where no image is held out",
    )  # fmt: skip
    parser.add_argument(
        "--resume", type=Path, metavar="JOB_DIR", help="go on with an interrupted training"
    )
    parser.add_argument("--engine", default="local", metavar="local|tls://HOST:PORT")
    parser.add_argument("--tls-dir", type=Path, metavar="DIR")


def run(options: argparse.Namespace, console: Console) -> None:
    """Train, and keep the model in the store without promoting it."""
    store = ModelStore()
    if options.resume is not None:
        model, metrics = resume(_resumed(options), console, store)
    else:
        model, metrics = _train(options, console, store)
    for line in validation_lines(metrics):
        console.say(line)
    roles = " and ".join(model.roles)
    console.say(f"{model.name} is trained as {roles}.")
    console.say(f"Let it work with: spinegui models promote {model.name}")
    console.result({"model": model.name, "sha256": model.sha, "metrics": metrics})


def _train(
    options: argparse.Namespace, console: Console, store: ModelStore
) -> tuple[ModelInfo, Mapping[str, Any]]:
    if options.model is None:
        raise UsageError("The new model needs a name. Add --model.")
    _check(options)
    try:
        settings = settings_of(options, console)
        base = base_of(options, settings, store)
        check_name(options.model)
        check_free(options.model, store)
        training, held_out = _sets(options)
    except (TrainingSetError, CocoError, ModelStoreError) as err:
        raise UsageError(str(err)) from err
    order = TrainOrder(
        base,
        options.model,
        options.epochs,
        options.seed,
        _folds(options.folds, training, held_out, console),
        settings=settings,
    )
    return train(training, held_out, order, console, store)


def _resumed(options: argparse.Namespace) -> Path:
    folder: Path = options.resume
    if options.project or options.coco or options.model:
        raise UsageError("--resume goes on with what was asked before. Leave out the rest.")
    check_folder(folder, "--resume")
    return folder.absolute()


def _check(options: argparse.Namespace) -> None:
    if (options.project is None) == (options.coco is None):
        raise UsageError("Name either a project or --coco with --images.")
    if options.coco is not None and options.images is None:
        raise UsageError("The images of a COCO file are found below --images. Add it.")
    if options.coco is None and (options.val is not None or options.images is not None):
        raise UsageError("--val and --images go with --coco. Leave them out, or name --coco.")
    if options.images is not None:
        check_folder(options.images, "--images")
    if options.engine != "local":
        raise UsageError(
            "Training on another computer is not part of this installation. Use --engine local."
        )
    if options.folds:
        _check_folds(options)


def _check_folds(options: argparse.Namespace) -> None:
    if options.folds < 2:
        raise UsageError("Cross-validation has two folds or more. Correct --folds.")
    if options.val is not None:
        raise UsageError("The images of --val measure the model. Leave out --val or --folds.")


def _folds(
    wanted: int, training: TrainingSet, held_out: TrainingSet | None, console: Console
) -> int:
    """Return how many folds there will be. Raises UsageError."""
    if not wanted:
        if held_out is None:
            console.note("Not measured: no image is held out. --folds measures all the same.")
        return 0
    if held_out is not None:
        console.note("Reviewed images are held out and measure the model: no cross-validation.")
        return 0
    folds = possible_folds(training, wanted)
    if not folds:
        raise UsageError(
            "Cross-validation needs two reviewed images that do not belong to one group. Review "
            "another one, or leave out --folds."
        )
    return folds


def _sets(options: argparse.Namespace) -> tuple[TrainingSet, TrainingSet | None]:
    """Return what to train on and what to measure on. Raises TrainingSetError, CocoError."""
    if options.coco is None:
        return _project_sets(options.project)
    # The worker has a working folder of its own.
    images: Path = options.images.absolute()
    held_out = from_coco(options.val, images) if options.val is not None else None
    training = from_coco(options.coco, images)
    if held_out is not None:
        check_apart(training, held_out)
    return training, held_out


def _project_sets(path: Path) -> tuple[TrainingSet, TrainingSet | None]:
    with open_project(path, "own") as project:
        content = content_of(project)
        groups = {image.id: image.sha256 for image in content.images}
        parts = split_images(groups, fixed=stored_split(project))
        keep_split(project, parts)
        return from_project(content, parts=parts), held_out_set(content, parts)
