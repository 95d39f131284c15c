"""What is let into a model by its bytes, whatever its name says."""

from __future__ import annotations

import io
import json
import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.backends.base import BackendError
from spinegui.backends.onnx_session import open_session
from spinegui.storage.model_files import check_content
from spinegui.storage.model_manifest import ModelStoreError

if TYPE_CHECKING:
    from pathlib import Path


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, value: bytes | int) -> bytes:
    """Write one field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def entry(key: bytes = b"location", value: bytes = b"../../secrets") -> bytes:
    return field(1, key) + field(2, value)


TENSOR = field(1, 2) + field(2, 1) + field(8, b"w")
"""One number of type float, without it."""
NUMBERS = field(9, b"\0\0\x80\x3f" * 2)


def network(tensor: bytes) -> bytes:
    """Write a model whose graph adds this tensor to its input."""
    shape = field(2, field(1, field(1, 2)))
    value = field(2, field(1, field(1, 1) + shape))
    node = field(1, b"x") + field(1, b"w") + field(2, b"y") + field(4, b"Add")
    graph = field(1, node) + field(2, b"g") + field(5, tensor)
    graph += field(11, field(1, b"x") + value) + field(12, field(1, b"y") + value)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def constant(tensor: bytes) -> bytes:
    """Write a model whose graph has a branch with a constant."""
    attribute = field(1, b"value") + field(5, tensor) + field(20, 4)
    inner = field(1, field(2, b"c") + field(4, b"Constant") + field(5, attribute))
    branch = field(1, b"then_branch") + field(6, inner) + field(20, 5)
    return field(7, field(1, field(4, b"If") + field(5, branch)))


def npz(*arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, *arrays)
    return buffer.getvalue()


def safetensors(header: object, n_bytes: int = 8) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(n_bytes)


WEIGHT = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
GOOD = {
    "w.npz": npz(np.ones(3), np.array(["thin"])),
    "w.safetensors": safetensors({"__metadata__": {"a": "b"}, "w": WEIGHT}),
    "whole.onnx": network(TENSOR + NUMBERS),
    "located.onnx": network(TENSOR + NUMBERS + field(14, 0)),
    "branch.onnx": constant(TENSOR + NUMBERS),
    "card.md": b"# Card",
}
BAD = {
    "objects.npz": npz(np.array([{}, print], dtype=object)),
    "nothing.npz": b"no zip",
    "pickle.json": pickle.dumps({}),
    "short.safetensors": safetensors({"w": WEIGHT}, 4),
    "list.safetensors": safetensors([1]),
    "long.safetensors": (1 << 40).to_bytes(8, "little") + b"{}",
    "external.onnx": network(TENSOR + field(13, entry())),
    "elsewhere.onnx": network(TENSOR + field(14, 1)),
    "branch.onnx": constant(TENSOR + field(13, entry())),
    "cut.onnx": network(TENSOR + NUMBERS)[:-9],
    "empty.onnx": b"",
    "text.onnx": b"hello world, this is no network",
    "other.onnx": field(1, 8),
    "deep.onnx": b"",
}
_deep = TENSOR
for _ in range(100):
    _deep = field(1, field(5, field(6, _deep)))
BAD["deep.onnx"] = field(7, _deep)


@pytest.mark.parametrize("name", GOOD)
def test_that_numbers_and_text_are_let_in(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(GOOD[name])
    check_content(tmp_path / name, name)


@pytest.mark.parametrize("name", BAD)
def test_that_what_is_a_program_damaged_or_leads_outside_is_not(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(BAD[name])
    with pytest.raises(ModelStoreError, match=f"^{name}.* Ask its author"):
        check_content(tmp_path / name, name)


def test_that_a_network_that_reads_other_files_is_not_opened_either(tmp_path: Path):
    path = tmp_path / "net.onnx"
    path.write_bytes(network(TENSOR + NUMBERS))
    session = open_session(path, threads=1)
    assert session.run(None, {"x": np.ones(2, np.float32)})[0].tolist() == [2.0, 2.0]
    (tmp_path / "w.bin").write_bytes(bytes(8))
    path.write_bytes(network(TENSOR + field(13, entry(value=b"w.bin")) + field(14, 1)))
    with pytest.raises(BackendError, match="reads numbers from another file"):
        open_session(path, threads=1)
