"""Which shape the cursor has: it tells what a press there would do."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from spinegui.gui.canvas.box_handle import Handle
from spinegui.gui.canvas.tools import Tool

_Shape = Qt.CursorShape
_RESIZE = {
    Handle.TOP_LEFT: _Shape.SizeFDiagCursor,
    Handle.BOTTOM_RIGHT: _Shape.SizeFDiagCursor,
    Handle.TOP_RIGHT: _Shape.SizeBDiagCursor,
    Handle.BOTTOM_LEFT: _Shape.SizeBDiagCursor,
    Handle.TOP: _Shape.SizeVerCursor,
    Handle.BOTTOM: _Shape.SizeVerCursor,
    Handle.LEFT: _Shape.SizeHorCursor,
    Handle.RIGHT: _Shape.SizeHorCursor,
}


@dataclass(frozen=True, slots=True)
class Under:
    """What lies under the cursor."""

    handle: Handle | None = None
    on_minimap: bool = False
    on_box: bool = False
    on_selected: bool = False


def shape_for(tool: Tool, under: Under, *, is_panning: bool = False) -> Qt.CursorShape:
    """Return the shape for that tool over that place."""
    draws = tool in (Tool.DRAW, Tool.REGION)
    cases = (
        (is_panning, _Shape.ClosedHandCursor),
        (under.on_minimap, _Shape.PointingHandCursor),
        (tool is Tool.BRUSH, _Shape.BlankCursor),
        (under.handle is not None, under.handle and _RESIZE[under.handle]),
        (draws, _Shape.CrossCursor),
        (under.on_selected, _Shape.SizeAllCursor),
        (under.on_box, _Shape.PointingHandCursor),
        (tool is Tool.ADD, _Shape.CrossCursor),
    )
    return next((shape for applies, shape in cases if applies and shape), _Shape.ArrowCursor)
