from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spinegui.backends.base import BackendError, CancelledError, Frame
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.backends.classical.parameters import PARAMETERS, DetectorParameters
from spinegui.backends.classical.scale import normalised, resampled
from spinegui.backends.classical.shaft import trace_shaft
from spinegui.backends.classical.suppression import suppress
from spinegui.domain.image_ref import PixelSize
from spinegui.storage.resources import resource
from tests.backends.detection import Silent, detect, f1, frame_of, hits, scene, shipped

if TYPE_CHECKING:
    from pathlib import Path


def test_that_spines_of_synthetic_frames_are_found() -> None:
    images = [scene(seed) for seed in range(4)]
    assert f1(images, [detect(frame_of(i)) for i in images]) > 0.75


def test_that_spines_of_synthetic_stacks_are_found_once_and_in_their_slice() -> None:
    images = [scene(seed, stack=True) for seed in range(4)]
    found = [detect(frame_of(i)) for i in images]
    assert f1(images, found) > 0.75
    gaps = [
        abs(p.z[i] - image.visible[j].z) * image.pixel_size.z_um
        for image, p in zip(images, found, strict=True)
        for i, j in hits(image, p)
    ]
    assert np.median(gaps) < 1.0
    for p in found:
        assert (p.z_range[:, 0] <= p.z).all()
        assert (p.z <= p.z_range[:, 1]).all()


def test_that_boxes_fit_the_spines() -> None:
    overlaps = []
    for seed in range(4):
        image = scene(seed)
        found = detect(frame_of(image))
        overlaps += [
            found.detection(i, image_id="a", detection_id="b").box.iou(image.visible[j].box)
            for i, j in hits(image, found)
        ]
    assert np.median(overlaps) >= 0.5


def test_that_a_box_stays_with_its_head() -> None:
    found = detect(frame_of(scene(1)), 0.01)
    centres = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    head_px = shipped().head_px(frame_of(scene(1)))
    assert np.abs(centres - found.head[:, :2]).max() <= 0.75 * head_px
    assert (found.boxes[:, 2:] > found.boxes[:, :2]).all()


def test_that_detection_is_deterministic_and_best_first() -> None:
    once, again = detect(frame_of(scene(2)), 0.05), detect(frame_of(scene(2)), 0.05)
    assert np.array_equal(once.boxes, again.boxes)
    assert (np.diff(once.scores) <= 0).all()
    assert once.scores.min() >= 0.05


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64, np.int16])
def test_that_the_range_of_values_does_not_matter(dtype: type) -> None:
    image = scene(0)
    plain = detect(frame_of(image))
    other = detect(Frame((image.pixels * 37.0 + 400).astype(dtype), image.pixel_size))
    assert len(other) == len(plain)
    assert np.allclose(other.boxes, plain.boxes)


def test_that_an_image_of_unknown_scale_is_read_at_other_zooms() -> None:
    images = [scene(seed) for seed in range(3)]
    for zoom in (0.7, 1.4):
        found = []
        for image in images:
            pixels = resampled(image.pixels[0].astype(np.float32), zoom)[None]
            p = detect(Frame(pixels, None))
            p.head[:, :2] /= zoom
            found.append(p)
        assert f1(images, found) > 0.55


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 64, 64), np.uint8),
        np.full((1, 64, 64), 7, np.uint16),
        np.zeros((5, 40, 40), np.uint8),
        np.full((1, 64, 64), np.nan, np.float32),
        np.ones((1, 1, 1), np.uint8),
        np.eye(16, dtype=np.uint8)[None] * 200,
    ],
)
@pytest.mark.parametrize("size", [None, PixelSize(0.1, 0.1, None, "user")])
def test_that_empty_and_tiny_images_have_no_spines(
    pixels: np.ndarray, size: PixelSize | None
) -> None:
    assert len(detect(Frame(pixels, size))) <= 4


def test_that_pixels_of_the_file_are_not_changed() -> None:
    pixels = scene(0).pixels.copy()
    pixels.flags.writeable = False
    detect(Frame(pixels, scene(0).pixel_size))


def test_that_a_cancelled_detection_ends() -> None:
    class Cancelled(Silent):
        def check_cancelled(self) -> None:
            raise CancelledError

    with pytest.raises(CancelledError):
        shipped().detect(frame_of(scene(0)), min_score=0.5, reporter=Cancelled())


def test_that_a_damaged_parameter_file_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / PARAMETERS).write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(BackendError, match="Import the model again"):
        ClassicalDetector.load(tmp_path)
    with pytest.raises(BackendError):
        ClassicalDetector.load(tmp_path / "nowhere")


def test_that_parameters_survive_being_written(tmp_path: Path) -> None:
    parameters = shipped().parameters
    parameters.save(tmp_path / PARAMETERS)
    again = DetectorParameters.load(tmp_path / PARAMETERS)
    assert np.array_equal(again.plane.final.weights, parameters.plane.final.weights)
    assert np.array_equal(again.expansion.weights[0], parameters.expansion.weights[0])


def test_that_the_shipped_parameters_are_small() -> None:
    assert (resource("models/classical") / PARAMETERS).stat().st_size < 2_000_000


def test_that_a_shaft_is_traced_along_its_middle() -> None:
    rows, columns = np.mgrid[:160, :160]
    distance = np.abs(rows - 80.0)
    plane = (200 * np.exp(-0.5 * (distance / 5) ** 2)).astype(np.float32)
    shaft = trace_shaft(plane, 8.0)
    axis = np.argwhere(shaft.axis)
    assert len(axis) > 50
    assert np.abs(axis[:, 0] - 80).max() <= 2
    middle = np.abs(columns - 80) < 30
    assert np.abs(shaft.distance - distance)[middle].max() <= 2.5
    assert 3 < np.median(shaft.radius[middle]) < 9
    angles = shaft.direction[middle]
    assert (np.minimum(angles, np.pi - angles) < 0.25).all()


def test_that_an_empty_plane_has_no_shaft() -> None:
    shaft = trace_shaft(np.zeros((50, 60), np.float32), 8.0)
    assert shaft.is_empty
    assert shaft.distance.shape == (50, 60)
    assert (shaft.surface_distance > 50).all()


@given(arrays(np.float32, (7, 9), elements=st.floats(-1e6, 1e6, width=32)))
def test_that_normalised_values_lie_in_a_fixed_range(pixels: np.ndarray) -> None:
    values = normalised(pixels)
    assert values.dtype == np.float32
    assert (values >= 0).all()
    assert (values <= 1.25).all()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50), st.floats(0, 1)), max_size=40),
    st.floats(0.5, 20),
)
def test_that_suppression_keeps_the_best_and_only_points_apart(
    rows: list[tuple[float, float, float]], radius: float
) -> None:
    table = np.array(rows).reshape(-1, 3)
    points, scores = table[:, :2], table[:, 2]
    kept = suppress(points, scores, radius)
    gaps = np.hypot(*(points[kept, None] - points[None, kept]).transpose(2, 0, 1))
    assert (gaps[~np.eye(len(kept), dtype=bool)] > radius).all()
    for i in range(len(points)):
        near = np.hypot(*(points[kept] - points[i]).T) <= radius
        assert (scores[kept][near] >= scores[i]).any()
