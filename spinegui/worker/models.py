"""Loaded models, kept for the next job of a warm worker."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from spinegui.backends import registry
from spinegui.storage.model_manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spinegui.backends.base import Classifier, Detector

_KEPT = 4
"""Networks take some 100 MB each; two models in two roles, the old and the new one, fit."""

_M = TypeVar("_M")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[_M]):
    """A loaded model and the name that its results carry: name@first 8 digits of its hash."""

    model: _M
    name: str


class ModelCache:
    """Loads models by folder; one whose files are the same is not loaded again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Any] = OrderedDict()

    def detector(self, folder: Path) -> Loaded[Detector]:
        """Return the detector in a model folder. Raises BackendError, ModelStoreError."""
        return self._get("detector", folder, registry.load_detector)

    def classifier(self, folder: Path) -> Loaded[Classifier]:
        """Return the classifier in a model folder. Raises BackendError, ModelStoreError."""
        return self._get("classifier", folder, registry.load_classifier)

    def clear(self) -> None:
        """Let go of all, e.g. after memory ran out."""
        self._kept.clear()

    def _get(self, role: str, folder: Path, load: Callable[[Path], _M]) -> Loaded[_M]:
        # Hashing the files each time costs little and finds what changed under a warm worker.
        manifest = read_manifest(folder, verify=True)
        key = role, manifest.sha
        if key not in self._kept:
            self._kept[key] = load(folder)
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return Loaded(self._kept[key], f"{manifest.name}@{manifest.sha[:8]}")
