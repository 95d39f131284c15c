"""spinegui demo: the sample project, made, searched and opened, or walked through headless."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.console import WorkError
from spinegui.cli.demo_walk import Walk, fill
from spinegui.cli.project import open_project
from spinegui.cli.window import window
from spinegui.imaging.source import ImageReadError
from spinegui.storage.exchange.coco import CocoError
from spinegui.storage.model_manifest import ROLES, ModelStoreError
from spinegui.storage.model_store import DEFAULT_MODEL, ModelStore
from spinegui.storage.training_set import TrainingSetError
from spinegui.synthesis.image_file import SynthesisError
from spinegui.synthesis.sample_folder import PROJECT_NAME, ensure_sample, sample_folder

if TYPE_CHECKING:
    import argparse

    from spinegui.cli.console import Console
    from spinegui.storage.model_store import ModelInfo
    from spinegui.synthesis.sample import SampleTruth

HELP = "make the sample project and open it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dir", type=Path, metavar="DIR", help="where (default: in your data folder)"
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="no window: detect, correct from the sample's truth, retrain, compare, export",
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Make what is missing of the sample; what was corrected before stays. Returns the exit code.

    The headless walk keeps its models below the sample's folder, out of the user's own store.
    """
    # First: where no window can open, nobody should wait to hear it.
    show = None if options.headless else window()
    folder: Path = (options.dir or sample_folder()).absolute()
    truth = _sample(folder, console)
    path = folder / PROJECT_NAME
    try:
        if show is None:
            _walk(path, truth, console)
            return 0
        with open_project(path, "own", create=True) as project:
            spines = fill(project, truth, _active_models(), console)
    except (ImageReadError, CocoError, TrainingSetError, ModelStoreError) as err:
        raise WorkError(str(err)) from err
    console.say(f"{spines} spines (score ≥ 0.5) on {len(truth.images)} images: {path}")
    console.result({"project": str(path), "images": len(truth.images), "spines": spines})
    return show([path])


def _walk(path: Path, truth: SampleTruth, console: Console) -> None:
    models = ModelStore(path.parent / "models")
    shipped = models.get(DEFAULT_MODEL)
    with open_project(path, "own", create=True) as project:
        fill(project, truth, dict.fromkeys(ROLES, shipped), console)
        summary = Walk(project, truth, models, console).run()
    for line in summary.lines(path.parent):
        console.show(line)
    console.result(summary.to_json(path.parent))


def _sample(folder: Path, console: Console) -> SampleTruth:
    try:
        with console.progress("Making the sample images") as step:
            return ensure_sample(folder, on_progress=lambda done, total: step(done, total, ""))
    except SynthesisError as err:
        raise WorkError(str(err)) from err


def _active_models() -> dict[str, ModelInfo]:
    store = ModelStore()
    return {role: store.active(role) for role in ROLES}
