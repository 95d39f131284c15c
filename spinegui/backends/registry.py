"""Which backends there are and where their code lies; imports one only when it is used.

A backend is named in a model's manifest. Besides those built in, SPINEGUI_BACKENDS names others for
one process tree, as `NAME.ROLE=MODULE:FUNCTION` separated by commas, e.g.
`mine.detector=my_lab.spines:Detector.load,mine.trainer=my_lab.spines:create`. A model's manifest
can name a backend but never a module: opening somebody's model must not run their code.

The functions: `detector(model_dir: Path) -> Detector`, `classifier(model_dir: Path) -> Classifier`,
`trainer(base_model_dir: Path | None, roles: tuple[str, ...], settings: Mapping[str, str])`, which
returns a Trainer.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from spinegui.backends.base import BackendError
from spinegui.jobs.installing import training_command
from spinegui.jobs.probe import BackendInfo
from spinegui.storage.model_manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from spinegui.backends.base import Classifier, Detector, Trainer

ENVIRONMENT = "SPINEGUI_BACKENDS"

_BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "classical": {
        "detector": "spinegui.backends.classical.detector:ClassicalDetector.load",
        "classifier": "spinegui.backends.classical.classifier:ClassicalClassifier.load",
        "trainer": "spinegui.backends.classical.training:create",
    },
    "yolo_nas": {
        "detector": "spinegui.backends.yolo_nas.detector:YoloNasDetector.load",
        "trainer": "spinegui.backends.yolo_nas.training:create",
    },
    "inception_v3": {
        "classifier": "spinegui.backends.inception_v3.classifier:InceptionClassifier.load",
        "trainer": "spinegui.backends.inception_v3.training:create",
    },
}
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "classical": ("scipy", "skimage", "sklearn"),
    "yolo_nas": ("onnxruntime", "scipy"),
    "inception_v3": ("onnxruntime", "scipy"),
}
_NEEDS_FOR_TRAINING: Mapping[str, tuple[str, ...]] = {
    "yolo_nas": ("torch", "torchvision", "super_gradients", "onnx", "pkg_resources"),
    "inception_v3": ("tensorflow", "tensorflow_hub", "tf_keras", "tf2onnx", "pkg_resources"),
}


def available() -> tuple[BackendInfo, ...]:
    """Return all known backends with the modules each lacks here; imports none of them."""
    return tuple(
        BackendInfo(
            name=name,
            roles=tuple(entries),
            missing=_lacking(_needs(name, entries)),
            missing_for_training=_lacking(_NEEDS_FOR_TRAINING.get(name, ())),
        )
        for name, entries in _backends().items()
    )


def is_backend(name: str) -> bool:
    """Tell whether that is the name of a backend."""
    return name in _backends()


def load_detector(model_dir: Path) -> Detector:
    """Load a detector by its manifest. Raises BackendError, ModelStoreError."""
    detector: Detector = _function(_backend_of(model_dir), "detector")(model_dir)
    return detector


def load_classifier(model_dir: Path) -> Classifier:
    """Load a classifier by its manifest. Raises BackendError, ModelStoreError."""
    classifier: Classifier = _function(_backend_of(model_dir), "classifier")(model_dir)
    return classifier


def trainer(
    backend: str,
    base_model_dir: Path | None,
    roles: tuple[str, ...],
    settings: Mapping[str, str] | None = None,
) -> Trainer:
    """Return what fits a new model of that backend. Raises BackendError."""
    if missing := _lacking(_NEEDS_FOR_TRAINING.get(backend, ())):
        raise BackendError(
            f"This Python lacks what training {backend} needs: {', '.join(missing)}. "
            f"Run: {training_command(backend, missing)}"
        )
    made: Trainer = _function(backend, "trainer")(base_model_dir, roles, settings or {})
    return made


def _backends() -> dict[str, dict[str, str]]:
    found = {name: dict(entries) for name, entries in _BUILT_IN.items()}
    for item in filter(None, (i.strip() for i in os.environ.get(ENVIRONMENT, "").split(","))):
        key, _, target = item.partition("=")
        name, _, role = key.partition(".")
        if role not in {"detector", "classifier", "trainer"} or ":" not in target:
            raise BackendError(
                f"{ENVIRONMENT} holds “{item}”. Write NAME.ROLE=MODULE:FUNCTION, ROLE being "
                "detector, classifier or trainer."
            )
        found.setdefault(name, {})[role] = target
    return found


def _backend_of(model_dir: Path) -> str:
    return read_manifest(model_dir, verify=False).backend


def _function(backend: str, role: str) -> Any:
    target = _backends().get(backend, {}).get(role)
    if target is None:
        known = ", ".join(name for name, entries in _backends().items() if role in entries)
        raise BackendError(
            f"This spinegui has no {role} “{backend}”. Choose a model of one of these: {known}."
        )
    module, _, function = target.partition(":")
    try:
        return attrgetter(function)(import_module(module))
    except ImportError as err:
        raise BackendError(
            f"The {role} “{backend}” lacks the module {err.name}. "
            "`spinegui doctor` says what to install."
        ) from err


def _needs(name: str, entries: Mapping[str, str]) -> tuple[str, ...]:
    return _NEEDS.get(name) or tuple({target.partition(":")[0] for target in entries.values()})


def _lacking(modules: Iterable[str]) -> tuple[str, ...]:
    return tuple(module for module in modules if not _is_installed(module))


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # its parent package is not there
        return False
