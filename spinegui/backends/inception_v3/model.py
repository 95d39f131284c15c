"""The model as it was asked for: a frozen hub base, 1024 rectified units, dropout, a softmax."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3.crops import SIZE_PX
from spinegui.backends.inception_v3.settings import HUB, is_address

if TYPE_CHECKING:
    from collections.abc import Iterator

N_HIDDEN = 1024
DROPOUT = 0.3
LEARNING_RATE = 1e-3


def frameworks() -> tuple[Any, Any, Any]:
    """Return the modules tensorflow, tf_keras and tensorflow_hub; raises BackendError.

    tensorflow_hub's layer works only in the Keras that tf_keras is.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        import tensorflow as tf
        import tensorflow_hub as hub
        import tf_keras as keras
    except ImportError as err:
        raise BackendError(
            f"Training the classifier needs {err.name}, which is not installed here. "
            "`spinegui doctor` says what to install."
        ) from err
    return tf, keras, hub


@contextmanager
def _help_where_offline(handle: str) -> Iterator[None]:
    try:
        yield
    except Exception as err:  # the hub raises whatever its downloader and its loader raise
        if not is_address(handle):
            raise BackendError(
                f"The base in {handle} cannot be loaded ({err}). Choose another SavedModel folder."
            ) from err
        raise BackendError(
            f"The base {handle} cannot be fetched; this computer seems to be offline. Connect it "
            f"and train again, or set {HUB} to a SavedModel folder on this computer (“own” takes "
            "the base that comes with the program)."
        ) from err


@cache
def mirrored(devices: tuple[str, ...] = ()) -> Any:
    """Return the strategy over these devices, over all GPUs if none are named; one a process.

    Gradients meet on one device: the head is small, Windows has no NCCL, and collective exchanges
    break when one process trains two models of different shapes, as cross-validation does.
    """
    tf, _, _ = frameworks()
    return tf.distribute.MirroredStrategy(
        list(devices) or None, cross_device_ops=tf.distribute.ReductionToOneDevice()
    )


def hub_layer(handle: str, *, trainable: bool = False) -> Any:
    """Return the base as a layer: crops (n, 224, 224, 3) from 0 to 1 to features (n, 2048).

    Loading runs the base's code: check with `settings.checked_hub` first. Raises BackendError.
    """
    _, _, hub = frameworks()
    with _help_where_offline(handle):
        return hub.KerasLayer(
            handle, trainable=trainable, input_shape=(SIZE_PX, SIZE_PX, 3), name="base"
        )


def build_model(handle: str, n_labels: int, *, strategy: Any = None) -> Any:
    """Return the compiled model of base and head for `n_labels` classes.

    Made under `strategy`, that over all GPUs if None. Raises BackendError.
    """
    _, keras, _ = frameworks()
    with (strategy or mirrored()).scope():
        model = keras.Sequential([hub_layer(handle), *head_layers(n_labels)], name="spines")
        compile_model(model)
    return model


def head_layers(n_labels: int) -> list[Any]:
    """Return the trained layers."""
    _, keras, _ = frameworks()
    return [
        keras.layers.Dense(N_HIDDEN, activation="relu", name="hidden"),
        keras.layers.Dropout(DROPOUT, name="dropout"),
        keras.layers.Dense(n_labels, activation="softmax", name="classes"),
    ]


def head_of(model: Any, n_features: int) -> Any:
    """Return a compiled model of the same head alone, for features computed once.

    It shares its layers with `model`: training one trains the other. Call it in the same scope.
    """
    _, keras, _ = frameworks()
    head = keras.Sequential([keras.Input((n_features,)), *model.layers[1:]], name="head")
    compile_model(head)
    return head


def compile_model(model: Any, rate: float = LEARNING_RATE) -> None:
    """Give a model its optimiser and its loss."""
    _, keras, _ = frameworks()
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.CategoricalCrossentropy(),
        metrics=["accuracy"],
    )
