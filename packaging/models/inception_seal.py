"""Seals the shipped InceptionV3 classifier: its manifest, with sources, licences and versions."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from classifier_examples import CLASSES

from spinegui import __version__
from spinegui.storage.model_manifest import ModelManifest, seal_model

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = ("numpy", "scipy", "torch", "tensorflow", "tf-keras", "tensorflow-hub", "onnx")
SOURCES = (
    "Dendritic-Spine-Analyzer-YOLO11 (Meng), commit 6c0ed479, split train: MIT",
    "spinegui.synthesis: BSD-3-Clause",
)


def seal(folder: Path, figures: dict[str, Any], trained_on: tuple[str, ...]) -> ModelManifest:
    """Write the manifest of a complete model folder."""
    return seal_model(
        folder,
        ModelManifest(
            name="inception-v3",
            backend="inception_v3",
            roles=("classifier",),
            label_ids=CLASSES,
            code_version=__version__,
            library_versions={name: version(name) for name in LIBRARIES},
            settings={"base": "own", "heads_across": 6.0, "size_px": 224},
            seed=1,
            metrics={"classifier": figures},
            trained_on=trained_on,
            licence="BSD-3-Clause",
            sources=SOURCES,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )
