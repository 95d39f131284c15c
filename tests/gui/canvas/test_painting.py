from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QImage, QPainter

from spinegui.domain.annotation import ImageState, ReviewedRegion
from spinegui.domain.detection import ReviewState
from spinegui.domain.edits import Change, Edit
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import PixelSize
from tests.gui.canvas.conftest import A, B, annotation, spine


def pixels(canvas) -> np.ndarray:
    """What is on show: (Y, X, 3) uint8, red green blue."""
    return as_array(canvas.grab().toImage())


def as_array(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return raw[:, :, 2::-1].copy()


def coloured(shot: np.ndarray) -> np.ndarray:
    """Where something other than grey is."""
    return np.ptp(shot.astype(int), axis=2) > 24


class Paints(QObject):
    """Counts paint events and keeps their rectangles."""

    def __init__(self, widget) -> None:
        super().__init__(widget)
        self.rects: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.rects.append(event.rect())
        return False


def test_that_each_image_pixel_is_one_square_when_enlarged(canvas):
    canvas.set_annotation(None)
    plane = np.random.default_rng(3).integers(0, 256, (200, 300)).astype(np.uint8)
    canvas.set_plane(plane)
    canvas.view.zoom(8 / canvas.transform.scale)
    shot = pixels(canvas)[:, :, 0]
    for vx, vy in [(5, 5), (299, 199), (410, 333)]:
        x, y = canvas.transform.to_image(vx + 0.5, vy + 0.5)
        assert shot[vy, vx] == plane[int(y), int(x)]


def test_that_a_shrunken_image_shows_the_mean_not_every_other_pixel(canvas):
    canvas.set_annotation(None)
    checkered = (np.indices((1600, 2400)).sum(axis=0) % 2 * 200).astype(np.uint8)
    canvas.set_plane(checkered)
    inside = pixels(canvas)[100:300, 100:500, 0]
    assert inside.min() >= 95
    assert inside.max() <= 105


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32, np.bool_])
def test_that_planes_of_any_real_type_are_shown(canvas, dtype):
    canvas.set_annotation(None)
    canvas.set_plane(np.ones((200, 300), dtype))
    canvas.set_window(0, 1)
    assert pixels(canvas)[200, 300].tolist() == [255, 255, 255]


def test_that_a_memory_mapped_read_only_plane_is_shown(canvas, tmp_path):
    file = tmp_path / "plane.raw"
    np.full((200, 300), 1000, np.uint16).tofile(file)
    canvas.set_plane(np.memmap(file, np.uint16, "r", shape=(200, 300)))
    canvas.set_window(0, 2000)
    assert pixels(canvas)[390, 590].tolist() != [0, 0, 0]
    canvas.set_plane(None)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (5000, 2), (1023, 1025)])
def test_that_images_of_odd_shapes_are_shown_whole(canvas, shape):
    canvas.set_annotation(None)
    canvas.set_plane(np.full(shape, 255, np.uint8))
    box = canvas.transform.box_to_view(Box(0, 0, shape[1], shape[0]))
    lit = np.argwhere(pixels(canvas)[:, :, 0] > 100)
    assert len(lit)
    assert np.abs(lit.min(axis=0) - (box.y0, box.x0)).max() <= 2
    assert np.abs(lit.max(axis=0) + 1 - (box.y1, box.x1)).max() <= 2


def test_that_a_plane_needs_two_axes(canvas):
    with pytest.raises(ValueError, match="two axes"):
        canvas.set_plane(np.zeros((2, 3, 4), np.uint8))


def outline(canvas, box: Box) -> np.ndarray:
    """Which px of the top line of a box are drawn in colour."""
    seen = canvas.transform.box_to_view(box)
    row = coloured(pixels(canvas))[round(seen.y0) - 1 : round(seen.y0) + 3]
    return row[:, round(seen.x0) + 2 : round(seen.x1) - 2].any(axis=0)


def test_that_a_decision_is_solid_and_a_prediction_dashed(canvas):
    canvas.set_visible_layers(labels=False)
    assert outline(canvas, B.box).all()
    dashes = outline(canvas, A.box)
    assert 0.4 < dashes.mean() < 0.75


def test_that_below_the_threshold_only_the_corners_are_left(canvas):
    canvas.set_visible_layers(labels=False)
    canvas.set_threshold(0.95)
    line = outline(canvas, A.box)
    assert not line[len(line) // 3 : 2 * len(line) // 3].any()
    assert coloured(pixels(canvas)).any()


def test_that_a_selected_prediction_is_drawn_however_low_its_score(canvas):
    canvas.set_annotation(annotation(replace(A, id="faint", score=0.02)))
    canvas.set_threshold(0.5)
    assert not coloured(pixels(canvas)).any()
    canvas.set_selection(frozenset({"faint"}))
    assert coloured(pixels(canvas)).sum() > 100


def test_that_a_selected_box_has_a_line_of_two_pixels_and_eight_handles(canvas):
    canvas.set_visible_layers(labels=False)
    canvas.set_selection(frozenset({"b"}))
    seen = canvas.transform.box_to_view(B.box)
    shot = coloured(pixels(canvas))
    column = shot[round(seen.y0) - 4 : round(seen.y0) + 6, round(seen.x0) + 20]
    assert column.sum() == 2
    corner = shot[round(seen.y0) - 4 : round(seen.y0) + 4, round(seen.x0) - 4 : round(seen.x0) + 4]
    assert corner.sum() > 20


def test_that_the_others_are_dimmed_while_something_is_selected(canvas):
    canvas.set_visible_layers(labels=False)
    box = canvas.transform.box_to_view(A.box)
    area = np.s_[round(box.y0) - 3 : round(box.y1) + 3, round(box.x0) - 3 : round(box.x1) + 3]
    before = pixels(canvas)[area].max()
    canvas.set_selection(frozenset({"b"}))
    assert 0.5 * before < pixels(canvas)[area].max() < before


def test_that_a_lower_score_is_drawn_weaker(canvas):
    canvas.set_visible_layers(labels=False)
    canvas.set_threshold(0)
    shades = []
    for score in (0.1, 0.4, 0.6, 0.95):
        canvas.set_annotation(annotation(spine("x", A.box, score=score)))
        shades.append(pixels(canvas)[40:200, 40:200].max())
    assert shades == sorted(set(shades))


def test_that_nothing_but_the_image_is_seen_while_hidden(canvas):
    canvas.set_hidden_while_held(True)
    assert not coloured(pixels(canvas)).any()
    canvas.set_hidden_while_held(False)
    assert coloured(pixels(canvas)).any()


def test_that_more_than_four_hundred_boxes_have_no_letters(canvas):
    many = [
        spine(f"s{i}", Box.from_xywh(i % 25 * 12, i // 25 * 11, 9, 8), state=ReviewState.ACCEPTED)
        for i in range(401)
    ]
    canvas.set_annotation(annotation(*many))
    with_401 = pixels(canvas)
    canvas.set_visible_layers(labels=False)
    assert np.array_equal(with_401, pixels(canvas))
    canvas.set_annotation(annotation(*many[:400]))
    without = pixels(canvas)
    canvas.set_visible_layers(labels=True)
    assert not np.array_equal(without, pixels(canvas))


def test_that_a_region_is_hatched_outside_its_border_only(canvas):
    canvas.set_annotation(None)
    naked = pixels(canvas)
    region = ReviewedRegion("r", "image", Box(100, 60, 200, 140))
    canvas.set_annotation(annotation(regions={"r": region}))
    seen = canvas.transform.box_to_view(region.box)
    changed = (pixels(canvas) != naked).any(axis=2)
    assert changed.any()
    inner = changed[
        round(seen.y0) + 1 : round(seen.y1) - 1, round(seen.x0) + 1 : round(seen.x1) - 1
    ]
    assert not inner.any()


def test_that_the_scale_bar_needs_a_known_pixel_size(canvas):
    canvas.set_annotation(None)
    naked = pixels(canvas)
    canvas.set_pixel_size(PixelSize(0.1, 0.1, None, "user"))
    assert not np.array_equal(pixels(canvas), naked)
    canvas.set_pixel_size(None)
    assert np.array_equal(pixels(canvas), naked)


def test_that_lines_are_whole_device_pixels_on_a_fine_screen(canvas):
    canvas.set_visible_layers(labels=False)
    image = QImage(1200, 800, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    image.fill(0)
    painter = QPainter(image)
    canvas.scene.paint(painter, canvas.transform, canvas.rect(), canvas.rect(), 2.0)
    painter.end()
    seen = canvas.transform.box_to_view(B.box)
    shot = as_array(image)
    column = shot[round(2 * seen.y0) - 6 : round(2 * seen.y0) + 8, round(2 * seen.x0) + 20]
    lit = column[np.ptp(column.astype(int), axis=1) > 24]
    assert len(lit) == 2
    assert np.array_equal(lit[0], lit[1])


# Following edits


def edit(before, after) -> Edit:
    return Edit("test", (Change(before, after),))


def drawn(canvas) -> dict[str, tuple]:
    return {name: canvas.box_of(name).as_xyxy() for name in canvas.scene.overlay.arrays.ids}


def test_that_edits_of_boxes_are_followed(canvas):
    new = spine("c", Box(200, 20, 220, 40))
    canvas.apply_edit(edit(None, new))
    canvas.apply_edit(edit(A, A.with_box(A.box.shifted(5, 5))))
    canvas.apply_edit(edit(B, None))
    assert drawn(canvas) == {"a": (45, 45, 75, 75), "c": (200, 20, 220, 40)}


def test_that_edits_of_other_images_are_ignored(canvas):
    elsewhere = replace(spine("c", A.box), image_id="another")
    canvas.apply_edit(edit(None, elsewhere))
    assert set(drawn(canvas)) == {"a", "b"}


def test_that_edits_of_regions_and_of_the_image_state_are_followed(canvas):
    region = ReviewedRegion("r", "image", Box(0, 0, 50, 50))
    canvas.apply_edit(edit(None, region))
    canvas.apply_edit(edit(None, ImageState("image", is_reviewed=True)))
    assert set(canvas.scene.regions) == {"r"}
    assert canvas.scene.is_whole_reviewed
    canvas.apply_edit(edit(region, None))
    canvas.apply_edit(edit(ImageState("image", is_reviewed=True), None))
    assert not canvas.scene.regions
    assert not canvas.scene.is_whole_reviewed


@pytest.mark.parametrize("selected", [frozenset(), frozenset({"a"})])
def test_that_one_edit_repaints_all_that_changed_and_little_more(canvas, qtbot, selected):
    canvas.set_selection(selected)
    canvas.repaint()  # nothing older is left to paint
    before = pixels(canvas)
    paints = Paints(canvas)
    canvas.apply_edit(edit(A, A.with_box(Box(50, 48, 82, 76))))
    qtbot.waitUntil(lambda: len(paints.rects) > 0)
    (rect,) = paints.rects
    assert rect.width() * rect.height() < 0.25 * canvas.width() * canvas.height()
    ys, xs = np.nonzero((pixels(canvas) != before).any(axis=2))
    assert rect.contains(QRect(xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1))


def test_that_a_partial_paint_looks_like_a_full_one(canvas, qtbot):
    crowd = [spine(f"s{i}", Box.from_xywh(i % 30 * 10, i // 30 * 10, 9, 8)) for i in range(600)]
    canvas.set_annotation(annotation(*crowd))
    canvas.repaint()
    paints = Paints(canvas)
    canvas.apply_edit(edit(crowd[250], crowd[250].with_box(crowd[250].box.shifted(2, 2))))
    qtbot.waitUntil(lambda: len(paints.rects) > 0)
    on_screen = as_array(canvas.screen().grabWindow(canvas.winId()).toImage())
    assert np.array_equal(on_screen, pixels(canvas))
