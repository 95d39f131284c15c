"""What this interpreter can do."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

from spinegui import __version__
from spinegui.backends.registry import available
from spinegui.jobs.probe import ProbeResult

_LIBRARIES = (
    "numpy", "scipy", "scikit-image", "scikit-learn", "tifffile", "imagecodecs", "onnxruntime",
    "onnx", "torch", "torchvision", "super-gradients", "tensorflow", "tensorflow-hub", "tf-keras",
    "tf2onnx",
)  # fmt: skip
_GPU_QUERY_S = 10.0


def probe() -> ProbeResult:
    """Look for backends, libraries and devices; imports no ML library."""
    return ProbeResult(
        python=sys.executable,
        version=__version__,
        python_version=platform.python_version(),
        backends=available(),
        libraries=library_versions(),
        devices=(f"{os.cpu_count() or 1} CPU cores", *_gpus()),
    )


def library_versions() -> tuple[tuple[str, str], ...]:
    """Return the installed versions of the libraries that decide a model's numbers."""
    return tuple((name, found) for name in _LIBRARIES if (found := _version(name)))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _gpus() -> tuple[str, ...]:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    try:
        answer = subprocess.run(
            [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_GPU_QUERY_S,
            check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):  # a driver without a device, for one
        return ()
    return tuple(line.strip() for line in answer.stdout.splitlines() if line.strip())
