"""The models of a user: trained, imported and shipped ones, and which are active in which role."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.storage import model_archive
from spinegui.storage.files import sync_folder, write_whole
from spinegui.storage.model_manifest import (
    MANIFEST,
    ROLES,
    ModelManifest,
    ModelStoreError,
    check_name,
    read_manifest,
    seal_model,
)
from spinegui.storage.places import data_folder
from spinegui.storage.resources import resources_root
from spinegui.storage.strict_json import Fields, StrictJsonError, load_strict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DEFAULT_MODEL = "classical"
"""The embedded model: it needs no network, is retrained in seconds and fills both roles."""
DEFAULT_MODELS: Mapping[str, str] = {"detector": DEFAULT_MODEL, "classifier": DEFAULT_MODEL}
"""The shipped model of each role that is active until another one is promoted."""
_ACTIVE = "active.json"
_STAGING = ".incoming-"


class UnknownModelError(ModelStoreError):
    """There is no such model in the store."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model as the store knows it; `sha` identifies it, `folder` holds its files."""

    folder: Path
    manifest: ModelManifest
    shipped: bool

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def roles(self) -> tuple[str, ...]:
        return self.manifest.roles

    @property
    def backend(self) -> str:
        return self.manifest.backend

    @property
    def sha(self) -> str:
        return self.manifest.sha

    @property
    def label_ids(self) -> tuple[str, ...]:
        return self.manifest.label_ids

    @property
    def created(self) -> str:
        return self.manifest.created

    @property
    def parent(self) -> str | None:
        return self.manifest.parent

    @property
    def metrics(self) -> Mapping[str, object]:
        return self.manifest.metrics


class ModelStore:
    """A folder of model folders and a record of the active ones, with those before them.

    Every call reads the disk, so two processes may use one store; each change is one rename.
    Without a root it lies where SPINEGUI_MODELS says, or in the user's data folder.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root if root is not None else _default_root()

    def list(self) -> tuple[ModelInfo, ...]:
        """Return all usable models, shipped ones first, then by date; damaged folders are left out.

        Files are not hashed here: `get` does that.
        """
        own = sorted(self._own(), key=lambda info: (info.created, info.name))
        return (*_shipped(), *own)

    def get(self, name_or_sha: str) -> ModelInfo:
        """Return a model by name, sha or a sha's first 8 or more digits, its files verified.

        Raises UnknownModelError, or ModelStoreError where a file is not what it was.
        """
        models = self.list()
        found = [m for m in models if name_or_sha in (m.name, m.sha)]
        if not found and len(name_or_sha) >= 8:
            found = [m for m in models if m.sha.startswith(name_or_sha)]
        if not found:
            names = ", ".join(m.name for m in models) or "none"
            raise UnknownModelError(
                f"There is no model “{name_or_sha}”. The models here are: {names}."
            )
        read_manifest(found[0].folder, verify=True)
        return found[0]

    def add(self, folder: Path, name: str) -> ModelInfo:
        """Copy a model folder into the store under a name; raises ModelStoreError."""
        self._check_free(name)
        manifest = read_manifest(folder)
        with self._staging() as staging:
            for file in (*manifest.files, MANIFEST):
                target = staging.joinpath(*file.split("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder.joinpath(*file.split("/")), target)
            return self._settle(staging, name)

    def delete(self, name: str) -> None:
        """Delete a model's files. Raises ModelStoreError for a shipped or an active one."""
        info = self.get(name)
        if info.shipped:
            raise ModelStoreError(f"“{info.name}” came with the program and stays.")
        active = [role for role in ROLES if self._history(role)[-1:] == (info.sha,)]
        if active:
            raise ModelStoreError(
                f"“{info.name}” is the active {' and '.join(active)}. Make another model active "
                "first."
            )
        shutil.rmtree(info.folder)

    def active(self, role: str) -> ModelInfo:
        """Return the active model of a role: the one last promoted, else the shipped one.

        Raises UnknownModelError where the promoted one is gone; there is no silent stand-in,
        because results made with another model than the one named would be wrong.
        """
        history = self._history(_check_role(role))
        if history:
            return self.get(history[-1])
        info = self.get(DEFAULT_MODELS[role])
        if role not in info.roles:
            raise UnknownModelError(f"No {role} came with the program. Import one.")
        return info

    def promote(self, name_or_sha: str, roles: Iterable[str] | None = None) -> ModelInfo:
        """Make a model active in the given roles, or in all of its own; raises ModelStoreError."""
        info = self.get(name_or_sha)
        chosen = tuple(roles) if roles is not None else info.roles
        for role in chosen:
            if _check_role(role) not in info.roles:
                raise ModelStoreError(f"“{info.name}” is no {role}. Choose a model that is one.")
        records = {role: self._history(role) for role in ROLES}
        for role in chosen:
            if records[role][-1:] != (info.sha,):
                records[role] = (*records[role], info.sha)
        self._write_records(records)
        return info

    def rollback(self, role: str) -> ModelInfo:
        """Make the model before the active one active again; raises ModelStoreError if none is."""
        earlier = self._earlier(role)
        if earlier is None:
            raise ModelStoreError(f"There is no earlier {role} to go back to.")
        self._write_records({r: self._history(r) for r in ROLES} | {role: earlier})
        return self.active(role)

    def earlier(self, role: str) -> ModelInfo | None:
        """Return the model that `rollback` would make active, None where there is none."""
        history = self._earlier(role)
        if history is None:
            return None
        return self.get(history[-1]) if history else self.get(DEFAULT_MODELS[role])

    def _earlier(self, role: str) -> tuple[str, ...] | None:
        """Return the record of a role without its last entry and those that are gone before it."""
        history = self._history(_check_role(role))
        if not history:
            return None
        known = {info.sha for info in self.list()}
        earlier = history[:-1]
        while earlier and earlier[-1] not in known:
            earlier = earlier[:-1]
        return earlier

    def export(self, name_or_sha: str, path: Path, *, overwrite: bool = False) -> None:
        """Write a model as one zip file. Raises ModelStoreError, FileExistsError, OSError."""
        info = self.get(name_or_sha)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            packed = Path(folder) / "model.zip"
            model_archive.pack(info.folder, list(info.manifest.files), packed)
            if path.exists() and not overwrite:
                raise FileExistsError(f"{path} exists already.")
            packed.replace(path)
        sync_folder(path.parent)

    def import_file(self, path: Path, name: str | None = None) -> ModelInfo:
        """Bring in a model from a zip file, under its own name or another; raises ModelStoreError.

        What is inside is checked before it is kept: names, sizes, formats, hashes.
        """
        with self._staging() as staging:
            model_archive.unpack(path, staging)
            manifest = read_manifest(staging)
            extra = {
                p.relative_to(staging).as_posix() for p in staging.rglob("*") if p.is_file()
            } - {MANIFEST, *manifest.files}
            if extra:
                raise ModelStoreError(
                    f"{path.name} holds files its manifest does not name: {min(extra)}. "
                    "Do not import it."
                )
            return self._settle(staging, name or manifest.name)

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        self.root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self.root, prefix=_STAGING))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _settle(self, staging: Path, name: str) -> ModelInfo:
        """Rename a complete folder into place: a model is in the store whole or not at all."""
        self._check_free(name)
        manifest = seal_model(staging, replace(read_manifest(staging), name=name))
        staging.chmod(0o755)
        staging.rename(self.root / name)
        sync_folder(self.root)
        return ModelInfo(self.root / name, manifest, shipped=False)

    def _check_free(self, name: str) -> None:
        check_name(name)
        taken = {info.name.lower() for info in self.list()}
        if name.lower() in taken or (self.root / name).exists():
            raise ModelStoreError(f"There is a model “{name}” already. Choose another name.")

    def _own(self) -> Iterator[ModelInfo]:
        if self.root.is_dir():
            yield from _models_in(self.root, shipped=False)

    def _history(self, role: str) -> tuple[str, ...]:
        path = self.root / _ACTIVE
        if not path.exists():
            return ()
        try:
            fields = Fields.of(load_strict(path), "The record of active models")
            return tuple(str(sha) for sha in fields.items(role)) if fields.has(role) else ()
        except (OSError, StrictJsonError) as err:
            raise ModelStoreError(
                f"The record of active models cannot be read: {path}. Delete this file to go back "
                "to the shipped models."
            ) from err

    def _write_records(self, records: Mapping[str, tuple[str, ...]]) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        write_whole(self.root / _ACTIVE, json.dumps(records, indent=2) + "\n")


def _default_root() -> Path:
    named = os.environ.get("SPINEGUI_MODELS")
    return Path(named) if named else data_folder() / "models"


def _check_role(role: str) -> str:
    if role not in ROLES:
        raise ModelStoreError(f"A model's role is {' or '.join(ROLES)}, not “{role}”.")
    return role


def _shipped() -> tuple[ModelInfo, ...]:
    folder = resources_root() / "models"
    return tuple(_models_in(folder, shipped=True)) if folder.is_dir() else ()


def _models_in(root: Path, *, shipped: bool) -> Iterator[ModelInfo]:
    for folder in sorted(root.iterdir()):
        if folder.name.startswith(".") or not (folder / MANIFEST).is_file():
            continue
        try:
            manifest = read_manifest(folder, verify=False)
        except ModelStoreError:
            continue
        # The folder's name counts: a copy made by hand would otherwise be found under two names.
        yield ModelInfo(folder, replace(manifest, name=folder.name), shipped)
