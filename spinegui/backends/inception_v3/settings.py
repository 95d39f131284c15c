"""Where the frozen base comes from, and which foreign ones may be run on this computer.

By environment, or in inception_v3.json in the program's data folder, e.g.
`{"hub": "/models/inception", "trusted": ["<sha256>"], "unfreeze": 0}`; the environment wins.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3.weights import OWN_BASE
from spinegui.storage.files import sha256_of
from spinegui.storage.places import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

HUB, TRUSTED, UNFREEZE = (
    "SPINEGUI_INCEPTION_HUB",
    "SPINEGUI_INCEPTION_TRUSTED",
    "SPINEGUI_INCEPTION_UNFREEZE",
)
PUBLIC_HUB = "https://tfhub.dev/google/imagenet/inception_v3/feature_vector/5"
_FILE = "inception_v3.json"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person decided about the base.

    `hub`: "own" (the base in the model's own file), an address, or a SavedModel folder; None keeps
    the one the model was made with. `trusted`: hashes of folders whose code may run. `unfreeze`:
    how many of our own base's last convolutions a second stage trains.
    """

    hub: str | None = None
    trusted: frozenset[str] = frozenset()
    unfreeze: int = 0


def settings_file() -> Path:
    """Return the file that keeps these settings; it need not exist."""
    return data_folder() / _FILE


def read_settings() -> Settings:
    """Return the settings of environment and file; raises BackendError where they make no sense."""
    stored = _stored()
    listed = stored.get("trusted", [])
    known = map(str, listed) if isinstance(listed, list) else ["no list"]
    trusted = frozenset([*known, *_words(os.environ.get(TRUSTED, ""))])
    unfreeze = os.environ.get(UNFREEZE) or str(stored.get("unfreeze", 0))
    if not unfreeze.isdecimal() or not all(_HASH.fullmatch(sha) for sha in trusted):
        raise BackendError(
            "The settings of the InceptionV3 classifier hold a hash or a number that is none. "
            f"Correct {settings_file()} or the variables {TRUSTED} and {UNFREEZE}."
        )
    hub = os.environ.get(HUB) or stored.get("hub")
    return Settings(str(hub) if hub else None, trusted, int(unfreeze))


def changed(settings: Settings, choices: Mapping[str, str]) -> Settings:
    """Return the settings with the choices made for one training; raises BackendError."""
    known = ("hub", "trusted", "unfreeze")
    if unknown := set(choices) - set(known):
        raise BackendError(
            f"inception_v3 has no setting “{min(unknown)}”. Its settings are {', '.join(known)}."
        )
    trusted = frozenset(_words(choices.get("trusted", "")))
    unfreeze = choices.get("unfreeze", str(settings.unfreeze))
    if not unfreeze.isdecimal() or not all(_HASH.fullmatch(sha) for sha in trusted):
        raise BackendError("A hash or a number is none. Correct “trusted” or “unfreeze”.")
    hub = choices.get("hub", settings.hub)
    return Settings(hub, settings.trusted | trusted, int(unfreeze))


def _stored() -> Mapping[str, object]:
    path = settings_file()
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as err:
        raise BackendError(f"{path} cannot be read ({err}). Correct or delete it.") from err
    if not isinstance(value, dict):
        raise BackendError(f"{path} holds no settings. Correct or delete it.")
    return value


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def is_address(handle: str) -> bool:
    """Tell whether a handle has to be fetched from the internet."""
    return handle.startswith(("http://", "https://", "gs://"))


def folder_sha256(folder: Path) -> str:
    """Return the SHA-256 of a folder: of the names and hashes of all files below it."""
    rows = [
        f"{path.relative_to(folder).as_posix()} {sha256_of(path)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def checked_hub(handle: str, trusted: frozenset[str]) -> tuple[str, str]:
    """Return handle and hash of a hub folder that may be loaded; an address has no hash.

    A SavedModel is a program and loading it runs it, so a folder must be trusted by its hash.
    Raises BackendError where it is not, or is not there. Not for `OWN_BASE`.
    """
    if handle == OWN_BASE:
        raise ValueError("Our own base needs no trust.")
    if is_address(handle):
        return handle, ""
    folder = Path(handle).expanduser()
    if not (folder / "saved_model.pb").is_file():
        raise BackendError(
            f"There is no TensorFlow model in {folder}. Set {HUB} to a SavedModel folder, to an "
            "address, or to “own” for the base that comes with the program."
        )
    sha = folder_sha256(folder)
    if sha not in trusted:
        raise BackendError(
            f"The base in {folder} is a program of somebody else's, and you have not said that you "
            f"trust it. If you do, add {sha} to {TRUSTED} or to “trusted” in {settings_file()}."
        )
    return str(folder), sha
