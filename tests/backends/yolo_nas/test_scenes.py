from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from spinegui.backends.classical.scale import HEAD_UM
from spinegui.backends.yolo_nas.scenes import Scene, scene_of, synthetic_scene
from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX
from spinegui.domain.annotation import ReviewedRegion
from spinegui.domain.geometry import Box, Point3
from spinegui.domain.image_ref import PixelSize
from spinegui.storage.training_values import LabelledBox, RejectedBox, TrainingImage
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import TINY
from tests.backends.yolo_nas.stand_ins import GRID_UM, volume_of

if TYPE_CHECKING:
    from pathlib import Path

HALF = BOX_HEADS * HEAD_PX / 2
NOWHERE: tuple[ReviewedRegion, ...] = ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def scene(
    folder: Path, *, n_z: int = 1, um: float = GRID_UM, z_um: float = 1.0, **facts: Any
) -> Scene:
    """A scene of 120 rows and 200 columns, dark but for one dot in slice 7."""
    dots = [(60.5, 40.5, 7.0 if n_z > 1 else 0.0)]
    pixels = (volume_of((n_z, 120, 200), dots) * 250).astype(np.uint8)
    path = folder / "image.tif"
    tifffile.imwrite(path, pixels if n_z > 1 else pixels[0], photometric="minisblack")
    size = PixelSize(um, um, z_um if n_z > 1 else None, "user")
    image = TrainingImage(path, "0" * 64, n_z > 1, size, **facts)
    return scene_of(image, lambda frame: HEAD_UM / frame.pixel_size.x_um)


def region(x0: float, y0: float, x1: float, y1: float, z_range: Any = None) -> ReviewedRegion:
    return ReviewedRegion("r", "i", Box(x0, y0, x1, y1), z_range)


def spine(x: float, y: float, z: float | None = None, **more: Any) -> LabelledBox:
    return LabelledBox(Box.around(x, y, 12, 14), z, **more)


def area(known: np.ndarray) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the known px, which must fill it."""
    rows, columns = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    assert known[y0:y1, x0:x1].all()
    return int(x0), int(y0), int(x1), int(y1)


def test_that_all_of_an_image_that_was_gone_through_is_known(folder):
    assert scene(folder).known_at(0.0).all()


def test_that_only_reviewed_regions_are_known(folder):
    known = scene(folder, reviewed_regions=(region(30, 20, 90, 70),)).known_at(0.0)
    assert area(known) == (30, 20, 90, 70)


def test_that_a_region_over_the_edge_is_known_inside_the_image(folder):
    known = scene(folder, reviewed_regions=(region(-30, -20, 40, 50),)).known_at(0.0)
    assert area(known) == (0, 0, 40, 50)


def test_that_regions_and_spines_follow_the_image_to_the_grid(folder):
    coarse = scene(folder, um=2 * GRID_UM, positives=(spine(60, 30),),
                   reviewed_regions=(region(10, 20, 90, 70),))  # fmt: skip
    assert coarse.view.volume.shape == (1, 240, 400)
    assert coarse.heads.tolist() == [[120.0, 60.0, 0.0]]
    assert area(coarse.known_at(0.0)) == (20, 40, 180, 140)


def test_that_a_mask_takes_away_where_nobody_annotated(folder):
    mask = np.zeros((120, 200), np.uint8)
    mask[40:80, 50:150] = 1
    tifffile.imwrite(folder / "mask.tif", mask)
    known = scene(folder, roi_mask=folder / "mask.tif").known_at(0.0)
    assert area(known) == (50, 40, 150, 80)
    both = scene(folder, roi_mask=folder / "mask.tif", reviewed_regions=(region(0, 0, 60, 60),))
    assert area(both.known_at(0.0)) == (50, 40, 60, 60)


def test_that_a_mask_lies_where_the_image_does_on_a_finer_grid(folder):
    mask = np.zeros((120, 200), np.uint8)
    mask[40:80, 50:150] = 1
    tifffile.imwrite(folder / "mask.tif", mask)
    known = scene(folder, um=1.5 * GRID_UM, roi_mask=folder / "mask.tif").known_at(0.0)
    assert area(known) == (75, 60, 225, 120)


@pytest.mark.parametrize("decided", ["accepted", "rejected"])
def test_that_what_was_decided_on_is_known_wherever_it_lies(folder, decided):
    facts: dict[str, Any] = {"positives": (spine(100, 60),)}
    if decided == "rejected":
        facts = {"negatives": (RejectedBox(Box.around(100, 60, 12, 14)),)}
    found = scene(folder, reviewed_regions=NOWHERE, **facts)
    assert area(found.known_at(0.0)) == (89, 49, 111, 71)
    assert len(found.heads) == (decided == "accepted")


def test_that_a_decision_at_the_edge_stays_inside_the_image(folder):
    facts = {"positives": (spine(2, 118),), "negatives": (RejectedBox(Box.around(-50, 60, 9, 9)),)}
    known = scene(folder, reviewed_regions=NOWHERE, **facts).known_at(0.0)
    assert area(known) == (0, 107, 13, 120)


def test_that_the_head_places_a_spine_where_it_is_known(folder):
    found = scene(folder, n_z=20, positives=(spine(100, 60, 3.0, head=Point3(96.5, 55.5, 5.0)),))
    assert found.heads.tolist() == [[96.5, 55.5, 5.0]]


def test_that_a_spine_drawn_without_a_slice_gets_the_brightest_one(folder):
    found = scene(folder, n_z=20, positives=(spine(60.5, 40.5),))
    assert found.heads[0, 2] == pytest.approx(7.0, abs=1.0)


def test_that_a_spine_outside_the_image_teaches_without_harm(folder):
    found = scene(folder, n_z=20, positives=(spine(-60, 40),))
    assert found.heads[0, 2] == 0.0
    assert found.known_at(0.0).all()


def test_that_spines_of_other_slices_are_neither_spine_nor_background(folder):
    found = scene(folder, n_z=30, z_um=0.5, positives=(spine(100, 60, 15.0),))
    assert len(found.heads_at(15.0)) == len(found.heads_at(11.0)) == 1
    assert found.known_at(15.0).all()
    for z in (10.0, 21.0):  # 2.5 and 3 µm away it still shines through
        assert len(found.heads_at(z)) == 0
        known = found.known_at(z)
        assert not known[52:68, 92:108].any()
        assert known.sum() == known.size - 18**2
    assert found.known_at(4.0).all()  # 5.5 µm away there is background
    assert len(found.heads_at(4.0)) == 0


def test_that_a_spine_is_one_though_another_shines_through_it(folder):
    above = (spine(100, 60, 6.0), spine(102, 61, 9.0))
    found = scene(folder, n_z=20, z_um=1.0, positives=above)
    assert found.heads_at(6.0).tolist() == [[100.0, 60.0]]
    assert found.known_at(6.0)[60, 100]


def test_that_a_rejection_in_one_slice_says_nothing_of_others(folder):
    rejected = (RejectedBox(Box.around(100, 60, 12, 14), 5.0),)
    found = scene(folder, n_z=20, negatives=rejected, reviewed_regions=NOWHERE)
    assert area(found.known_at(6.0)) == (89, 49, 111, 71)
    assert not found.known_at(8.0).any()


def test_that_a_region_of_some_slices_is_known_in_these_alone(folder):
    some = (region(30, 20, 90, 70, (4, 6)), region(120, 20, 150, 70))
    found = scene(folder, n_z=20, reviewed_regions=some)
    assert area(found.known_at(12.0)) == (120, 20, 150, 70)
    assert found.known_at(4.0)[20:70, 30:90].all()
    points = np.array([[40.0, 30, 5], [40, 30, 12], [130, 30, 12], [10, 10, 5]])
    assert found.was_looked_at(points).tolist() == [True, False, True, False]


def test_that_slices_of_a_region_do_not_matter_in_a_plane(folder):
    known = scene(folder, reviewed_regions=(region(30, 20, 90, 70, (4, 6)),)).known_at(0.0)
    assert area(known) == (30, 20, 90, 70)


def test_that_all_of_a_synthetic_image_is_known_and_its_visible_spines_are_heads():
    image = make_image(3, TINY)
    found = synthetic_scene(image)
    assert found.known_at(0.0).all()
    assert len(found.heads) == len(image.visible) > 0
    first = image.visible[0].head
    assert found.heads[0, :2] == pytest.approx(
        (first.x * found.view.ratio_x, first.y * found.view.ratio_y)
    )
