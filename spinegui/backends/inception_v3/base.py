"""Our own base as a hub-style SavedModel: rebuilt in the cache from the weights in a model file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3.architecture import build
from spinegui.backends.inception_v3.crops import SIZE_PX
from spinegui.backends.inception_v3.weights import BaseWeights
from spinegui.storage.places import cache_folder

_FOLDER = "inception_v3"
_VERSION = b"2"
"""Of what is written; another one makes new folders."""


def weights_sha256(weights: BaseWeights) -> str:
    """Return the SHA-256 of all parameters of a base."""
    digest = hashlib.sha256(_VERSION)
    for array in (*weights.kernels, *weights.biases):
        digest.update(str(array.shape).encode())
        digest.update(np.ascontiguousarray(array, "<f4").tobytes())
    return digest.hexdigest()


def saved_model(
    weights: BaseWeights, *, n_trainable: int | None = None, cache: Path | None = None
) -> Path:
    """Return a SavedModel folder of these weights, written at first use; input is 0 to 1.

    A trainable hub layer of it trains the last `n_trainable` convolutions, all if None. Written
    beside its place and moved there whole, so that a crash or another process never leaves half a
    folder. Raises BackendError where the cache cannot be written.
    """
    root = (cache or cache_folder()) / _FOLDER
    last = "" if n_trainable is None else f"-last{n_trainable}"
    final = root / (weights_sha256(weights)[:32] + last)
    if (final / "saved_model.pb").is_file():
        return final
    try:
        root.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="part-", dir=root))
    except OSError as err:
        raise BackendError(
            f"The base cannot be unpacked into {root} ({err}). Make room there, or name another "
            "folder by XDG_CACHE_HOME."
        ) from err
    try:
        _write(weights, part, n_trainable)
        part.replace(final)
    except OSError as err:
        if not (final / "saved_model.pb").is_file():  # else another process was faster
            raise BackendError(f"The base cannot be unpacked into {root} ({err}).") from err
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return final


def _write(weights: BaseWeights, folder: Path, n_trainable: int | None) -> None:
    import tensorflow as tf

    module = _module(weights, n_trainable)
    call = module.__call__.get_concrete_function(
        tf.TensorSpec((None, SIZE_PX, SIZE_PX, 3), tf.float32, name="crops")
    )
    tf.saved_model.save(module, os.fspath(folder), signatures={"serving_default": call})


def _module(weights: BaseWeights, n_trainable: int | None) -> Any:
    import tensorflow as tf

    class Base(tf.train.Checkpoint):  # type: ignore[misc]  # the framework has no types
        """InceptionV3 with its normalisation folded into the convolutions, as hub layers expect."""

        def __init__(self) -> None:
            super().__init__()
            kernels = [
                tf.Variable(np.transpose(k, (2, 3, 1, 0)), name=f"kernel_{i}")
                for i, k in enumerate(weights.kernels)
            ]
            biases = [tf.Variable(b, name=f"bias_{i}") for i, b in enumerate(weights.biases)]
            self.layers = list(zip(kernels, biases, strict=True))
            # Kernels first, then biases: `weights_of` reads them in this order.
            self.variables = [*kernels, *biases]
            n_frozen = 0 if n_trainable is None else max(len(kernels) - n_trainable, 0)
            self.trainable_variables = [*kernels[n_frozen:], *biases[n_frozen:]]
            self.regularization_losses: list[object] = []

        @tf.function  # type: ignore[untyped-decorator]
        def __call__(self, crops: Any) -> Any:
            return build(_TensorFlowOps(self.layers), crops * 2.0 - 1.0)

    return Base()


def weights_of(layer: Any) -> BaseWeights:
    """Return the weights that a hub layer of our base has now."""
    arrays = [np.array(v, np.float32) for v in layer.resolved_object.variables]
    n = len(arrays) // 2
    kernels = tuple(np.ascontiguousarray(np.transpose(k, (3, 2, 0, 1))) for k in arrays[:n])
    return BaseWeights(kernels, tuple(arrays[n:]))


class _TensorFlowOps:
    """Runs what `architecture.build` says, channels last."""

    def __init__(self, layers: list[tuple[Any, Any]]) -> None:
        self._layers = iter(layers)

    def conv(
        self,
        x: Any,
        filters: int,  # noqa: ARG002  as many as the kernel has
        kernel: tuple[int, int],  # noqa: ARG002
        *,
        stride: int = 1,
        same: bool = True,
    ) -> Any:
        import tensorflow as tf

        weight, bias = next(self._layers)
        found = tf.nn.conv2d(x, weight, stride, "SAME" if same else "VALID")
        return tf.nn.relu(tf.nn.bias_add(found, bias))

    def max_pool(self, x: Any) -> Any:
        import tensorflow as tf

        return tf.nn.max_pool2d(x, 3, 2, "VALID")

    def average(self, x: Any) -> Any:
        import tensorflow as tf

        return tf.nn.avg_pool2d(x, 3, 1, "SAME")

    def halve(self, x: Any) -> Any:
        import tensorflow as tf

        return tf.nn.avg_pool2d(x, 2, 2, "VALID")

    def concat(self, parts: list[Any]) -> Any:
        import tensorflow as tf

        return tf.concat(parts, -1)

    def mean(self, x: Any) -> Any:
        import tensorflow as tf

        return tf.reduce_mean(x, (1, 2))
