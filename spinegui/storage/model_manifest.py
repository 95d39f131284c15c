"""The manifest of a model folder: what the model is, where it came from, what its files hash to."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spinegui.storage.files import sha256_of, write_whole
from spinegui.storage.strict_json import Fields, StrictJsonError, load_strict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
ROLES = ("detector", "classifier")
_MAX_MANIFEST_BYTES = 4 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# What Windows cannot have as a file name, whatever follows the first dot.
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]*")
_HASH = re.compile(r"[0-9a-f]{64}")


class ModelStoreError(Exception):
    """A model cannot be read, kept or changed; the text says what happened and what to do."""


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What a model says about itself.

    `files` maps a relative path to the SHA-256 of its bytes. `parent` is the sha of the model that
    training started from, `bundle_sha256` that of the training bundle. `metrics` and `settings`
    are JSON objects. `trained_on` lists the SHA-256 of the images that it or a model before it was
    fitted to, as far as known: on these no figure of its is worth anything.
    """

    name: str
    backend: str
    roles: tuple[str, ...]
    label_ids: tuple[str, ...] = ()
    parent: str | None = None
    bundle_sha256: str | None = None
    code_version: str = ""
    library_versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    seed: int | None = None
    metrics: Mapping[str, object] = field(default_factory=dict)
    licence: str = ""
    sources: tuple[str, ...] = ()
    created: str = ""
    trained_on: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha(self) -> str:
        """The model's identity: what decides its answers, and not its name or its date."""
        identity = [self.backend, self.roles, self.label_ids, self.settings, self.files]
        text = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, object]:
        """Return it as a JSON object."""
        values = {name: getattr(self, name) for name in self.__slots__}
        for name in ("roles", "label_ids", "sources", "trained_on"):
            values[name] = list(values[name])
        for name in ("library_versions", "settings", "metrics", "files"):
            values[name] = dict(values[name])
        return {"format": FORMAT, **values}


def check_name(name: str) -> str:
    """Return a model's name if it can be a folder's name everywhere; raises ModelStoreError."""
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name) or name.endswith("."):
        raise ModelStoreError(
            f"“{name}” cannot be a model's name. Use up to 64 letters, digits, dots and dashes."
        )
    return name


def check_file_name(name: str) -> str:
    """Return a path inside a model folder; raises ModelStoreError for one that may lead outside."""
    if not all(_PART.fullmatch(part) for part in name.split("/")):
        raise ModelStoreError(
            f"The model names a file that cannot be part of it: “{name}”. Do not use this model."
        )
    return name


def read_manifest(folder: Path, *, verify: bool = True) -> ModelManifest:
    """Read a model folder's manifest; with `verify`, check every file against its hash.

    Raises ModelStoreError.
    """
    try:
        manifest = _parse(load_strict(folder / MANIFEST, max_bytes=_MAX_MANIFEST_BYTES))
    except OSError as err:
        raise ModelStoreError(f"There is no model in {folder}. Choose another model.") from err
    except StrictJsonError as err:
        raise ModelStoreError(
            f"The manifest of the model in {folder} cannot be used. {err} Import it again."
        ) from err
    for name, sha in manifest.files.items() if verify else ():
        _check_file(folder, name, sha)
    return manifest


def _check_file(folder: Path, name: str, sha: str) -> None:
    try:
        found = sha256_of(folder.joinpath(*name.split("/")))
    except OSError as err:
        raise ModelStoreError(
            f"The model in {folder} lacks its file {name}. Import it again."
        ) from err
    if found != sha:
        raise ModelStoreError(
            f"The file {name} of the model in {folder} is not the one it was made with. "
            "Import the model again."
        )


def seal_model(folder: Path, manifest: ModelManifest) -> ModelManifest:
    """Hash every file in the folder, write the manifest beside them and return it with the hashes.

    Raises ModelStoreError for a name, a role or a file that cannot be in a model, OSError.
    """
    check_name(manifest.name)
    if not manifest.roles or not set(manifest.roles) <= set(ROLES):
        raise ModelStoreError(f"A model is a detector or a classifier, not {manifest.roles}.")
    files = {
        check_file_name(path.relative_to(folder).as_posix()): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / MANIFEST
    }
    values = {name: getattr(manifest, name) for name in manifest.__slots__}
    sealed = ModelManifest(**{**values, "files": files})
    text = json.dumps(sealed.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(folder / MANIFEST, text + "\n")
    return sealed


def _parse(value: object) -> ModelManifest:
    fields = Fields.of(value, "The manifest")
    if fields.whole("format") > FORMAT:
        raise StrictJsonError("It was written by a newer version of the program.")
    roles = _texts(fields, "roles")
    if not roles or not set(roles) <= set(ROLES):
        fields.fail("roles", "a list of detector and classifier")
    return ModelManifest(
        name=check_name(fields.text("name")),
        backend=fields.text("backend"),
        roles=roles,
        label_ids=_texts(fields, "label_ids"),
        parent=_optional_text(fields, "parent"),
        bundle_sha256=_optional_text(fields, "bundle_sha256"),
        code_version=_optional_text(fields, "code_version") or "",
        library_versions=_text_map(fields, "library_versions"),
        settings=_object(fields, "settings"),
        seed=fields.whole("seed") if fields.has("seed") else None,
        metrics=_object(fields, "metrics"),
        licence=_optional_text(fields, "licence") or "",
        sources=_texts(fields, "sources"),
        created=_optional_text(fields, "created") or "",
        trained_on=_texts(fields, "trained_on"),
        files=_files(fields),
    )


def _optional_text(fields: Fields, key: str) -> str | None:
    return fields.text(key) if fields.values.get(key) not in (None, "") else None


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    values = fields.items(key) if fields.has(key) else []
    if not all(isinstance(value, str) for value in values):
        fields.fail(key, "a list of texts")
    return tuple(str(value) for value in values)


def _object(fields: Fields, key: str) -> Mapping[str, object]:
    return Fields.of(fields.values[key], f"“{key}”").values if fields.has(key) else {}


def _text_map(fields: Fields, key: str) -> dict[str, str]:
    return {name: str(value) for name, value in _object(fields, key).items()}


def _files(fields: Fields) -> dict[str, str]:
    files = _text_map(fields, "files")
    for name, sha in files.items():
        check_file_name(name)
        if not _HASH.fullmatch(sha):
            fields.fail("files", "a map of names to SHA-256 hashes")
    return files
