"""Opens exported networks with onnxruntime, on the fastest device there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.backends.base import BackendError
from spinegui.storage.onnx_file import check_self_contained

if TYPE_CHECKING:
    from pathlib import Path

    import onnxruntime as ort

_PROVIDERS = (
    "CUDAExecutionProvider",
    "CoreMLExecutionProvider",
    "DmlExecutionProvider",
    "CPUExecutionProvider",
)
_ERRORS_ONLY = 3


def open_session(path: Path, *, threads: int | None = None) -> ort.InferenceSession:
    """Return a session for an ONNX file; `threads` on a CPU, None for one a core.

    Raises BackendError where the file is no network that this computer can run, or would have
    others read.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    if threads is not None:
        options.intra_op_num_threads = threads
    present = ort.get_available_providers()
    try:
        check_self_contained(path)
        return ort.InferenceSession(
            str(path), options, providers=[p for p in _PROVIDERS if p in present]
        )
    except Exception as err:  # onnxruntime has no common base for its errors
        raise BackendError(
            f"The network {path.name} cannot be opened ({err}). Import the model again."
        ) from err
