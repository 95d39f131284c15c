"""Small images, models and bases for the tests of the InceptionV3 classifier."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from spinegui.backends.base import CancelledError
from spinegui.backends.inception_v3.settings import Settings, folder_sha256
from spinegui.backends.inception_v3.weights import Description
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import PixelSize
from spinegui.storage.model_manifest import ModelManifest, seal_model
from spinegui.storage.training_values import LabelledBox, TrainingImage, TrainingSet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PX_UM = 0.075
HEAD_PX = 10.0
"""The width of a head at that pixel size."""
N_FEATURES = 12


@dataclass
class Listener:
    """A reporter that remembers; it cancels or stops where a test wants it."""

    cancel_at: str = ""
    stop_at: str = ""
    said: list[str] = field(default_factory=list)
    metrics: list[tuple[str, float, int]] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    checkpoints: list[Path] = field(default_factory=list)

    def progress(self, done: int, total: int, stage: str = "") -> None:
        assert 0 <= done <= total
        self.stages.append(stage)

    def metric(self, name: str, value: float, step: int) -> None:
        self.metrics.append((name, value, step))

    def log(self, text: str) -> None:
        self.said.append(text)

    def checkpoint(self, path: Path) -> None:
        self.checkpoints.append(path)

    def should_stop_early(self) -> bool:
        return bool(self.stop_at) and self.stop_at in self.stages

    def check_cancelled(self) -> None:
        if self.cancel_at and self.cancel_at in self.stages:
            raise CancelledError

    def curve(self, name: str) -> list[float]:
        return [value for found, value, _ in self.metrics if found == name]


def dots(*spots: tuple[float, float, float], side: int = 160) -> np.ndarray:
    """A plane (Y, X) float32 with round spots x, y, radius on a dim background."""
    y, x = np.mgrid[:side, :side] + 0.5
    plane = np.full((side, side), 20.0)
    for cx, cy, radius in spots:
        plane += 90 * (1 - np.tanh(np.hypot(x - cx, y - cy) - radius))
    return plane.astype(np.float32)


def box(x: float, y: float, half: float) -> np.ndarray:
    return np.array([x - half, y - half, x + half, y + half], np.float64)


def spines_in(
    folder: Path, labels: Sequence[str], *, n_images: int = 4, each: int = 2
) -> tuple[TrainingImage, ...]:
    """Images that show spots of `each` label; a label has its own size."""
    images = []
    for i in range(n_images):
        rng = np.random.default_rng(i)
        spots, positives = [], []
        for k, label in enumerate([label for label in labels for _ in range(each)]):
            x, y = 30 + 45 * (k % 6), 30 + 45 * (k // 6)
            radius = 2.0 + 2.5 * labels.index(label) + rng.uniform(0, 0.5)
            spots.append((x, y, radius))
            positives.append(LabelledBox(Box.around(x, y, 2 * radius, 2 * radius), label=label))
        path = folder / f"{i}.tif"
        noise = rng.normal(0, 3, (300, 300))
        tifffile.imwrite(path, np.clip(dots(*spots, side=300) + noise, 0, 255).astype(np.uint8))
        images.append(
            TrainingImage(
                path, hashlib.sha256(path.read_bytes()).hexdigest(), stack=False,
                pixel_size=PixelSize(PX_UM, PX_UM, None, "user"), positives=tuple(positives),
                group=f"animal {i}",
            )
        )  # fmt: skip
    return tuple(images)


def training_set(folder: Path, labels: Sequence[str], **how: int) -> TrainingSet:
    return TrainingSet(spines_in(folder, labels, **how))


def frameworks() -> tuple[Any, Any, Any]:
    """TensorFlow with two logical CPUs, tf_keras and tensorflow_hub; skips without them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tf = pytest.importorskip("tensorflow", reason="training needs TensorFlow")
        keras = pytest.importorskip("tf_keras", reason="training needs tf_keras")
        hub = pytest.importorskip("tensorflow_hub", reason="training needs tensorflow_hub")
    if len(tf.config.list_logical_devices("CPU")) == 1:
        pytest.skip("TensorFlow was started with one logical CPU")
    return tf, keras, hub


def two_cpus() -> None:
    """Ask for two logical CPUs before anything starts TensorFlow in this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tf = pytest.importorskip("tensorflow", reason="training needs TensorFlow")
        one = tf.config.LogicalDeviceConfiguration()
        physical = tf.config.list_physical_devices("CPU")[0]
        try:
            tf.config.set_logical_device_configuration(physical, [one, one])
        except RuntimeError:
            return


def tiny_hub(folder: Path) -> Path:
    """Write somebody's hub module: crops to twelve features, for those that trust it."""
    import tensorflow as tf

    class Tiny(tf.train.Checkpoint):
        def __init__(self) -> None:
            super().__init__()
            rng = np.random.default_rng(5)
            kernel = rng.normal(0, 1, (16, 16, 3, N_FEATURES)).astype(np.float32)
            self.kernel = tf.Variable(kernel)
            self.variables = [self.kernel]
            self.trainable_variables = [self.kernel]
            self.regularization_losses: list[object] = []

        @tf.function(input_signature=[tf.TensorSpec((None, 224, 224, 3), tf.float32)])
        def __call__(self, crops: Any) -> Any:
            return tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(crops, self.kernel, 8, "VALID")), (1, 2))

    tf.saved_model.save(Tiny(), str(folder))
    return folder


def parent_model(folder: Path, labels: Sequence[str]) -> Path:
    """Write a model folder that describes a classifier; its network is not looked at."""
    folder.mkdir()
    Description(tuple(labels)).save(folder)
    seal_model(
        folder,
        ModelManifest("parent", "inception_v3", ("classifier",), tuple(labels), licence="MIT"),
    )
    return folder


def trusting(hub: Path, **more: int) -> Settings:
    return Settings(str(hub), frozenset({folder_sha256(hub)}), **more)
