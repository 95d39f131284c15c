"""A person's keys as a file, to take them to another computer or hand them to a colleague."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spinegui.storage.files import write_whole
from spinegui.storage.strict_json import Fields, StrictJsonError, load_strict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KIND = "spinegui keys"
MAX_BYTES = 1 << 20


def write_keys(path: Path, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Write keys by action id as JSON; raises OSError."""
    content = {"kind": KIND, "version": 1, "keys": {k: list(v) for k, v in keys.items()}}
    write_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_keys(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the keys of a file by action id; raises OSError or StrictJsonError."""
    fields = Fields.of(load_strict(path, max_bytes=MAX_BYTES), "The file")
    if fields.values.get("kind") != KIND:
        raise StrictJsonError("It holds no keys of spinegui.")
    keys = Fields.of(fields.values.get("keys"), "keys")
    return {action_id: _texts(keys, action_id) for action_id in keys.values}


def _texts(keys: Fields, action_id: str) -> tuple[str, ...]:
    found = keys.items(action_id)
    if not all(isinstance(key, str) for key in found):
        keys.fail(action_id, "a list of texts")
    return tuple(str(key) for key in found)
