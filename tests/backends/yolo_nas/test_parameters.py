from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.backends.base import BackendError
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.backends.yolo_nas.calibration import Calibration, Calibrations, Kind
from spinegui.backends.yolo_nas.detector import YoloNasDetector
from spinegui.backends.yolo_nas.parameters import SCALE, SETTINGS, Parameters
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

PARAMETERS = Parameters(
    "s",
    ClassicalDetector.load(resource("models/classical")).parameters.scale,
    Calibrations(Calibration(1.2, -0.3), {Kind.STACK: Calibration(0.8, 0.1)}),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    PARAMETERS.save(tmp_path)
    return tmp_path


def test_that_parameters_come_back(folder):
    found = Parameters.load(folder)
    assert found.variant == "s"
    assert found.calibrations == PARAMETERS.calibrations
    noise = np.random.default_rng(0).random((80, 80)).astype(np.float32)
    assert found.scale.head_px(noise) == PARAMETERS.scale.head_px(noise)


@pytest.mark.parametrize("name", [SETTINGS, SCALE])
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "noise"])
def test_that_a_damaged_file_is_refused_in_words(folder, name, damage):
    path = folder / name
    if damage == "gone":
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes(
            {"empty": b"", "cut": whole[: len(whole) // 2], "noise": b"\x93\0\xff"}[damage]
        )
    with pytest.raises(BackendError, match=r"cannot be .*Import the model again"):
        Parameters.load(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"variant": "xxl"}, '"variant" is not s, m or l'),
        ({"head_px": 12}, '"head_px" is not 9'),
        ({"box_heads": "big"}, '"box_heads" is not'),
        ({"calibration": None}, "calibration is not an object"),
        ({"calibration": {"usual": [-1, 0]}}, "turns the order of scores around"),
    ],
)
def test_that_settings_of_another_network_are_refused_in_words(folder, changes, said):
    path = folder / SETTINGS
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(BackendError, match=said):
        Parameters.load(folder)


def test_that_a_folder_without_a_network_is_refused_in_words(folder):
    with pytest.raises(BackendError, match=r"cannot be opened .*Import the model again"):
        YoloNasDetector.load(folder)


def test_that_a_file_that_is_no_network_is_refused_in_words(folder):
    (folder / "detector.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(BackendError, match=r"cannot be opened .*Import the model again"):
        YoloNasDetector.load(folder)


def test_that_a_network_for_something_else_is_refused_in_words(folder):
    from tests.backends.test_onnx_weights import WEIGHTS, write_network

    write_network(folder / "detector.onnx", WEIGHTS)
    with pytest.raises(BackendError, match=r"is no YOLO-NAS\. Import the model again"):
        YoloNasDetector.load(folder)
