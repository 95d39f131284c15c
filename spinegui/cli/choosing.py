"""Which models a verb works with: those named, else the active ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.cli.console import UsageError
from spinegui.storage.model_manifest import ROLES, ModelStoreError
from spinegui.storage.model_store import ModelStore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from spinegui.storage.model_store import ModelInfo


def add_model_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="a model of “spinegui models list”; once a role (default: the active ones)",
    )


def choose_models(names: Sequence[str], store: ModelStore | None = None) -> dict[str, ModelInfo]:
    """Return a model for each role. Raises UsageError for an unknown or doubly named one.

    A model that fills both roles gives way in the one that another named model fills alone.
    """
    store = store or ModelStore()
    try:
        named = sorted((store.get(name) for name in names), key=lambda m: len(m.roles))
        chosen: dict[str, ModelInfo] = {}
        for model in named:
            free = [role for role in model.roles if role not in chosen]
            if not free:
                raise UsageError(f"Two models are named for one role. Leave {model.name} out.")
            chosen |= dict.fromkeys(free, model)
        return {role: chosen.get(role) or store.active(role) for role in ROLES}
    except ModelStoreError as err:
        raise UsageError(str(err)) from err
