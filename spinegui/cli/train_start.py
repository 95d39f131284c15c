"""What a training starts from: a model, or an architecture with its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError
from spinegui.cli.project import open_project
from spinegui.jobs.train_bundle import FRESH

if TYPE_CHECKING:
    import argparse

    from spinegui.cli.console import Console
    from spinegui.storage.model_store import ModelInfo, ModelStore

PRETRAINED_LICENCE = (
    "The pretrained weights of YOLO-NAS are not ours: they are fetched from their vendor, whose "
    "licence allows no commercial use of them or of what is trained from them."
)


def add_start_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--base", metavar="NAME",
        help=f"a model to continue from or one of {', '.join(FRESH)} (default: active detector)",
    )  # fmt: skip
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--variant", choices=("s", "m", "l"), help="size of a new yolo_nas")
    parser.add_argument(
        "--from-scratch",
        action="store_true",
        help="random weights, not those shipped with spinegui",
    )
    parser.add_argument(
        "--pretrained", choices=("coco",), help="start from the vendor's weights (see its licence)"
    )
    parser.add_argument("--accept-licence", action="store_true", help="of the vendor's weights")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="settings",
        help="a setting of the architecture, as its model card names them",
    )  # fmt: skip


def settings_of(options: argparse.Namespace, console: Console) -> dict[str, str]:
    """Return the settings for the backend's trainer. Raises UsageError."""
    if options.epochs is not None and options.epochs < 1:
        raise UsageError("A training has one epoch or more. Correct --epochs.")
    settings = dict(_pair(text) for text in options.settings)
    if options.variant is not None:
        settings["variant"] = options.variant
    if options.pretrained is not None:
        settings["pretrained"] = options.pretrained
    if "pretrained" in settings:
        if not options.accept_licence:
            raise UsageError(f"{PRETRAINED_LICENCE} If you accept that, add --accept-licence.")
        console.note(PRETRAINED_LICENCE)
    return settings


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    if not (key and value):
        raise UsageError(f"“{text}” is no setting. Write --set KEY=VALUE.")
    return key, value


def base_of(
    options: argparse.Namespace, settings: dict[str, str], store: ModelStore
) -> ModelInfo | str:
    """Return the model to start from, or the name of an architecture to start afresh.

    Without a name, that is the project's detector, else the store's active one. A model that is
    called as its architecture is, as classical, is meant unless other weights are asked for.
    Raises ModelStoreError, UsageError.
    """
    name: str | None = options.base
    if options.from_scratch or {"variant", "pretrained"} & set(settings):
        if name is not None and name in FRESH:
            return name
        raise UsageError(
            "A model has its weights. Name an architecture with --base, or leave out --variant, "
            "--from-scratch and --pretrained."
        )
    if name is None:
        if options.project is not None:
            with open_project(options.project, "read_only") as opened:
                name = opened.snapshot().result().active_models.get("detector")
        return store.active("detector") if name is None else store.get(name)
    known = {model.name for model in store.list()}
    return name if name in FRESH and name not in known else store.get(name)
