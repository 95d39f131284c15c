"""Which Python trains the models of a backend, where it is not the program's own.

Window and command line read the same: SPINEGUI_PYTHON_YOLO_NAS and its like, named after the
backend, else a file in the folder of choices.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from spinegui.storage.files import write_whole
from spinegui.storage.places import config_folder
from spinegui.storage.strict_json import Fields, StrictJsonError, load_strict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENVIRONMENT = "SPINEGUI_PYTHON_"


def read_interpreters() -> dict[str, str]:
    """Return the interpreter of each backend that has one of its own.

    A file that cannot be read counts as empty: training then says what the program's own lacks.
    """
    named = {
        name.removeprefix(ENVIRONMENT).lower(): python
        for name, python in os.environ.items()
        if name.startswith(ENVIRONMENT) and python
    }
    return {**_kept(), **named}


def write_interpreters(interpreters: Mapping[str, str]) -> None:
    """Keep these; an empty one means the program's own. Raises OSError."""
    kept = {backend: python for backend, python in interpreters.items() if python}
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(kept, indent=1) + "\n")


def _kept() -> dict[str, str]:
    try:
        fields = Fields.of(load_strict(_path()), "The record of interpreters")
        return {backend: fields.text(backend) for backend in fields.values}
    except (OSError, StrictJsonError):
        return {}


def _path() -> Path:
    return config_folder() / "interpreters.json"
