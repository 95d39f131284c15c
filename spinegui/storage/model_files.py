"""What files a model may hold: numbers and text. A file that is a program is refused."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np

from spinegui.storage.model_manifest import ModelStoreError
from spinegui.storage.onnx_file import OnnxFileError, check_self_contained
from spinegui.storage.strict_json import Fields, parse_strict

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

SUFFIXES = frozenset({".json", ".npz", ".safetensors", ".onnx", ".md", ".txt", ".csv", ".png"})
PICKLES = frozenset(
    {".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".bin", ".npy", ".h5", ".hdf5", ".keras"}
)
"""Reading these can run what their author put in, a Lambda layer for one."""
WAY_OUT = (
    "Ask its author for the weights as ONNX or safetensors, or for a model that spinegui exported."
)
_PICKLE_STARTS = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
_MOST_HEADER_BYTES = 100 << 20


def check_kind(name: str) -> None:
    """Refuse a file by its name. Raises ModelStoreError."""
    suffix = suffix_of(name)
    if suffix in PICKLES:
        raise ModelStoreError(
            f"{name} may be a pickle, which runs its author's code when it is read. {WAY_OUT}"
        )
    if suffix not in SUFFIXES:
        raise ModelStoreError(
            f"A model cannot hold {name}: files of this kind may run code when they are read. "
            f"{WAY_OUT}"
        )


def check_content(path: Path, name: str) -> None:
    """Refuse a file whose bytes are not what its name says, or lead outside.

    `name` is how a message calls it. Raises ModelStoreError.
    """
    with path.open("rb") as file:
        if file.read(2) in _PICKLE_STARTS:
            raise ModelStoreError(
                f"{name} is a pickle, which runs its author's code when it is read. {WAY_OUT}"
            )
    try:
        match suffix_of(name):
            case ".npz":
                _check_npz(path)
            case ".safetensors":
                _check_safetensors(path)
            case ".onnx":
                check_self_contained(path)
    except (ValueError, OnnxFileError, zipfile.BadZipFile) as err:
        raise ModelStoreError(f"{name} cannot be part of a model: {err} {WAY_OUT}") from err


def suffix_of(name: str) -> str:
    """Return what follows the last dot, with it, in small letters."""
    return "." + name.lower().rpartition(".")[2]


def _check_npz(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            with archive.open(entry) as file:
                if _dtype(file).hasobject:
                    raise ValueError(f"{entry} in it holds Python objects, not numbers.")


def _dtype(file: IO[bytes]) -> np.dtype[np.generic]:
    """Return the type of an .npy stream's array; only its header is read."""
    version = np.lib.format.read_magic(file)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    return read(file)[2]


def _check_safetensors(path: Path) -> None:
    """Check what the format promises: a JSON header, then tensors that lie inside the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        n = int.from_bytes(file.read(8), "little")
        if not 2 <= n <= min(_MOST_HEADER_BYTES, size - 8):
            raise ValueError("its header is damaged.")
        header = Fields.of(parse_strict(file.read(n)), "its header").values
    for tensor, entry in header.items():
        if tensor == "__metadata__":
            continue
        begin, end = Fields.of(entry, tensor).numbers("data_offsets", 2)
        if not 0 <= begin <= end <= size - 8 - n:
            raise ValueError(f"{tensor} in it lies outside the file.")
