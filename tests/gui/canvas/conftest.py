"""A canvas of 600 x 400 view px over an image of 300 x 200 px, shown and fitted."""

from __future__ import annotations

import numpy as np
import pytest

from spinegui.domain.annotation import Annotation
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.geometry import Box
from spinegui.gui.canvas.image_view import Canvas


def spine(name: str, box: Box, **fields: object) -> Detection:
    """A mushroom, predicted with score 0.9 unless said otherwise."""
    given = {
        "origin": Origin.MODEL,
        "state": ReviewState.PREDICTED,
        "score": 0.9,
        "class_scores": (("mushroom", 0.8), ("thin", 0.2)),
        **fields,
    }
    return Detection(name, "image", box, **given)


def annotation(*detections: Detection, **fields: object) -> Annotation:
    return Annotation("image", {d.id: d for d in detections}, **fields)


A = spine("a", Box(40, 40, 70, 70))
B = spine("b", Box(150, 100, 190, 130), state=ReviewState.ACCEPTED)


@pytest.fixture
def canvas(qtbot) -> Canvas:
    widget = Canvas()
    qtbot.addWidget(widget)
    widget.resize(600, 400)
    widget.set_plane(np.zeros((200, 300), np.uint8))
    widget.set_annotation(annotation(A, B))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def told(canvas: Canvas) -> dict[str, list]:
    """What the canvas asked for, by signal, in the order of asking."""
    names = (
        "clicked", "selection_requested", "jump_requested", "box_drawn", "box_changes_requested",
        "region_drawn", "spine_requested", "rubber_band", "z_step_requested", "cursor_moved",
        "window_change_requested", "context_menu_requested", "tool_changed", "hovered",
        "boxes_toggle_requested",
    )  # fmt: skip
    heard: dict[str, list] = {name: [] for name in names}
    for name in names:
        getattr(canvas, name).connect(lambda *args, name=name: heard[name].append(args))
    return heard
