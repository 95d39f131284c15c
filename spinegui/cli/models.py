"""spinegui models: what is in the store, and which model works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError, WorkError, check_output
from spinegui.storage.model_manifest import ROLES, ModelStoreError
from spinegui.storage.model_store import ModelStore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from spinegui.cli.console import Console
    from spinegui.storage.model_store import ModelInfo

HELP = "list, import, export, promote or roll back models"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    doing = parser.add_subparsers(title="what to do", metavar="ACTION", required=True)
    doing.add_parser("list", help="every model").set_defaults(do=_list)
    importing = doing.add_parser("import", help="bring in a model's file")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.set_defaults(do=_import)
    exporting = doing.add_parser("export", help="write a model to a file")
    exporting.add_argument("name", metavar="NAME")
    exporting.add_argument("file", type=Path, metavar="FILE")
    exporting.add_argument("--overwrite", action="store_true")
    exporting.set_defaults(do=_export)
    promoting = doing.add_parser("promote", help="let a model work")
    promoting.add_argument("name", metavar="NAME")
    promoting.set_defaults(do=_promote)
    going_back = doing.add_parser("rollback", help="let the model before work again")
    going_back.add_argument("role", choices=ROLES, metavar="ROLE")
    going_back.set_defaults(do=_roll_back)


def run(options: argparse.Namespace, console: Console) -> None:
    """Do what the action says."""
    do: Callable[[ModelStore, argparse.Namespace, Console], None] = options.do
    try:
        do(ModelStore(), options, console)
    except (ModelStoreError, FileExistsError) as err:
        raise UsageError(str(err)) from err
    except OSError as err:
        raise WorkError(f"The store cannot be used ({err}). Check the disk.") from err


def _list(store: ModelStore, options: argparse.Namespace, console: Console) -> None:
    del options
    active = {role: _active(store, role) for role in ROLES}
    rows = [_row(model, active) for model in store.list()]
    for model in store.list():
        works = ", ".join(role for role in model.roles if active[role] == model.sha) or "–"
        roles = ", ".join(model.roles)
        console.show(f"{model.name:<24} {roles:<24} active as: {works:<24} {model.sha[:12]}")
    console.result(rows)


def _active(store: ModelStore, role: str) -> str:
    """Return the active model's hash, "" where none is, which listing must survive to tell."""
    try:
        return store.active(role).sha
    except ModelStoreError:
        return ""


def _row(model: ModelInfo, active: dict[str, str]) -> dict[str, object]:
    manifest = model.manifest
    return {
        "name": model.name,
        "roles": list(model.roles),
        "active_as": [role for role in model.roles if active[role] == model.sha],
        "backend": model.backend,
        "labels": list(model.label_ids),
        "sha256": model.sha,
        "parent": model.parent,
        "created": model.created,
        "shipped": model.shipped,
        "bundle_sha256": manifest.bundle_sha256,
        "code_version": manifest.code_version,
        "library_versions": dict(manifest.library_versions),
        "settings": dict(manifest.settings),
        "seed": manifest.seed,
        "trained_on": list(manifest.trained_on),
        "licence": manifest.licence,
        "sources": list(manifest.sources),
        "metrics": dict(model.metrics),
    }


def _import(store: ModelStore, options: argparse.Namespace, console: Console) -> None:
    model = store.import_file(options.file)
    console.say(f"{model.name} is in the store.")
    console.result({"name": model.name, "sha256": model.sha})


def _export(store: ModelStore, options: argparse.Namespace, console: Console) -> None:
    check_output(options.file, overwrite=options.overwrite)
    store.export(options.name, options.file, overwrite=options.overwrite)
    console.say(f"{options.name}: {options.file}")
    console.result({"name": options.name, "output": str(options.file)})


def _promote(store: ModelStore, options: argparse.Namespace, console: Console) -> None:
    model = store.promote(options.name)
    console.say(f"{model.name} is active as {', '.join(model.roles)}.")
    console.result({"name": model.name, "active_as": list(model.roles)})


def _roll_back(store: ModelStore, options: argparse.Namespace, console: Console) -> None:
    model = store.rollback(options.role)
    console.say(f"{model.name} is active as {options.role} again.")
    console.result({"name": model.name, "active_as": [options.role]})
