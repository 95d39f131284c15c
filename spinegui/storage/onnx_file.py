"""Looks through an ONNX file, without running it, for what would lead outside of it.

An ONNX file is a protocol buffer. A tensor in it may hold its numbers or name another file to read
them from, wherever that lies: such a file is refused. Only the structure is walked, never a number.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_MODEL, _GRAPH, _NODE, _ATTRIBUTE, _TENSOR, _SPARSE, _FUNCTION, _TRAINING = (
    "model", "graph", "node", "attribute", "tensor", "sparse", "function", "training",
)  # fmt: skip
# Which fields of a message hold messages that may hold a tensor, by their numbers in onnx.proto.
_INSIDE: Mapping[str, Mapping[int, str]] = {
    _MODEL: {7: _GRAPH, 20: _TRAINING, 25: _FUNCTION},
    _GRAPH: {1: _NODE, 5: _TENSOR, 15: _SPARSE},
    _NODE: {5: _ATTRIBUTE},
    _ATTRIBUTE: {5: _TENSOR, 6: _GRAPH, 10: _TENSOR, 11: _GRAPH, 22: _SPARSE, 23: _SPARSE},
    _SPARSE: {1: _TENSOR, 2: _TENSOR},
    _FUNCTION: {7: _NODE, 11: _ATTRIBUTE},
    _TRAINING: {1: _GRAPH, 2: _GRAPH},
    _TENSOR: {},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_DEEPEST = 64


class OnnxFileError(Exception):
    """The file is no ONNX or reads other files; the text is a sentence without its subject."""


def check_self_contained(path: Path) -> None:
    """Check that every number of an ONNX file lies in it. Raises OnnxFileError, OSError."""
    size = path.stat().st_size
    if size == 0:
        raise OnnxFileError("it is empty.")
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        if not _walk(data, 0, size, _MODEL, 0):
            raise OnnxFileError("it holds no network.")


def _walk(data: mmap.mmap, start: int, end: int, kind: str, depth: int) -> bool:
    """Walk one message; tell whether it holds messages that we know."""
    if depth > _DEEPEST:
        raise OnnxFileError("its parts are nested too deeply.")
    found = False
    for number, wire, begin, stop in _fields(data, start, end):
        if kind == _TENSOR and (
            number == _EXTERNAL_DATA or (number == _DATA_LOCATION and wire == _VARINT and begin)
        ):
            raise OnnxFileError("it reads numbers from another file.")
        inside = _INSIDE[kind].get(number)
        if inside is not None and wire == _BYTES:
            found = True
            _walk(data, begin, stop, inside, depth + 1)
    return found


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (number, wire type, begin, end) of each field; of a varint, (…, its value, 0)."""
    while at < end:
        key, at = _varint(data, at, end)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(data, at, end)
            yield number, wire, value, 0
            continue
        if wire == _BYTES:
            length, at = _varint(data, at, end)
        elif wire in (_FIXED_64, _FIXED_32):
            length = 8 if wire == _FIXED_64 else 4
        else:
            raise OnnxFileError("it is damaged or no ONNX file.")
        if at + length > end:
            raise OnnxFileError("it is damaged or no ONNX file.")
        yield number, wire, at, at + length
        at += length


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if not byte & 0x80:
            return value, at
        shift += 7
    raise OnnxFileError("it is damaged or no ONNX file.")
