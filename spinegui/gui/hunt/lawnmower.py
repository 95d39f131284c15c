"""The lawnmower: over the shown image tile by tile; each tile that was seen becomes reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from spinegui.domain.annotation import ImageState, ReviewedRegion
from spinegui.domain.edits import Change, Edit
from spinegui.domain.reviewed import with_reviewed
from spinegui.domain.tiles import Tile, is_covered, looked_at, tile_grid
from spinegui.domain.unaided import compared
from spinegui.gui.flows.review import new_id
from spinegui.gui.hunt.slices import SlicesSeen
from spinegui.gui.shown_list import is_shown
from spinegui.imaging.structure import holds_structure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.domain.detection import Detection
    from spinegui.domain.geometry import Box
    from spinegui.gui.canvas.image_view import Canvas
    from spinegui.gui.flows.display import Display
    from spinegui.gui.flows.review import Review
    from spinegui.gui.workspace import Workspace

HEAD_ON_SCREEN_PX = 22.0
"""So large a spine head is drawn where nobody zoomed in yet."""
HEAD_UM = 0.75
HEAD_SHARE_OF_BOX = 0.5
UNKNOWN_ZOOM = 3.0
FAINTEST = 0.05
"""A tile with a detection scored at least this holds structure, however dark it is."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The tiles in walking order; those from `n_structured` on hold nothing but background."""

    tiles: tuple[Tile, ...]
    n_structured: int


class Lawnmower(QObject):
    """Walks, marks and goes back. What was seen is read off the annotation, so undo works."""

    changed = Signal()
    over = Signal()
    """Every tile that it walks is seen."""

    def __init__(
        self, workspace: Workspace, canvas: Canvas, display: Display, review: Review
    ) -> None:
        super().__init__(canvas)
        self._workspace = workspace
        self._canvas = canvas
        self._display = display
        self._review = review
        self._slices = SlicesSeen(workspace)
        self.walk = Walk((), 0)
        self.at = 0
        self.seen: tuple[bool, ...] = ()
        self.is_on = False
        self.skips_empty = False
        self.looks_first = False
        """Whether tiles are looked at before the model's boxes show."""
        self.is_hiding = False
        """Whether the boxes are hidden now; a tile in which something was decided shows them."""
        self._was_hidden = False
        self._is_second_look = False
        canvas.resized.connect(self._on_canvas_resized)
        workspace.image_changed.connect(lambda _image: self.leave())
        workspace.edited.connect(self._on_edited)
        workspace.view_state.changed.connect(self._on_view_changed)

    # -- reading -----------------------------------------------------------------------------

    @property
    def tile(self) -> Tile | None:
        """The tile that is looked at now."""
        return self.walk.tiles[self.at] if self.is_on else None

    @property
    def n_walked(self) -> int:
        """How many tiles the walk has, without those that are skipped."""
        return self.walk.n_structured if self.skips_empty else len(self.walk.tiles)

    @property
    def n_seen(self) -> int:
        return sum(self.seen[: self.n_walked])

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be seen in this walk."""
        is_last = self._next_unseen(self.at) is None
        return self.is_on and is_last and (self._is_second_look or self.seen[self.at])

    @property
    def is_image_reviewed(self) -> bool:
        return self._workspace.annotation.is_reviewed

    @property
    def n_empty(self) -> int:
        return len(self.walk.tiles) - self.walk.n_structured

    # -- walking -----------------------------------------------------------------------------

    def start(self) -> bool:
        """Begin at the first tile that was not seen, in tiles as large as the view."""
        if self._display.plane is None:
            return False
        self.walk = self._planned()
        self.is_on = True
        self._look_again()
        first = self._next_unseen(-1)
        self._is_second_look = first is None
        self.go_to(0 if first is None else first)
        return True

    def go_to(self, index: int) -> None:
        """Show a tile of the walk."""
        self.at = index
        self.is_hiding = self._was_hidden = self._can_look_first()
        self._canvas.view.frame(self.walk.tiles[index].box)
        self._slices.start()
        self.changed.emit()

    def mark_and_go_on(self) -> None:
        """Mark the tile reviewed, with what is shown in it accepted, and go to the next unseen."""
        if not self.is_on:
            self.start()
            return
        if self.is_hiding:
            self._compare()
            return
        changes = self._changes()
        if changes and not self._workspace.push(Edit("Mark tile seen", changes)):
            return
        following = self._next_unseen(self.at)
        if following is None:
            self.changed.emit()
            self.over.emit()
        else:
            self.go_to(following)

    def go_back(self) -> None:
        """Show the tile before."""
        if self.is_on:
            self.go_to((self.at - 1) % self.n_walked)

    def leave(self) -> None:
        """Look freely again; what was marked stays marked."""
        if self.is_on:
            self.is_on = self.is_hiding = False
            self.changed.emit()

    def skip_empty(self, *, on: bool) -> None:
        """Leave out the tiles without structure, or walk them last."""
        self.skips_empty = on and self.walk.n_structured > 0
        if self.is_on and self.at >= self.n_walked:
            self.go_to(self._next_unseen(-1) or 0)
        self.changed.emit()

    def look_first(self, *, on: bool) -> None:
        """Hide the model's boxes of each tile until it was looked at, or show them."""
        self.looks_first = on
        self.is_hiding = self._was_hidden = self.is_on and self._can_look_first()
        self.changed.emit()

    # -- inside ------------------------------------------------------------------------------

    def _planned(self) -> Walk:
        plane = self._display.plane
        assert plane is not None
        tiles = tile_grid((plane.shape[1], plane.shape[0]), self._tile_size())
        holds = holds_structure(plane, [tile.box for tile in tiles])
        found = [
            d.box.center
            for d in self._workspace.annotation.visible()
            if d.is_decided or (d.score or 0.0) >= FAINTEST
        ]
        holds |= _hold_any([tile.box for tile in tiles], np.array(found).reshape(-1, 2))
        full = [tile for tile, is_full in zip(tiles, holds.tolist(), strict=True) if is_full]
        chosen = set(full)
        return Walk((*full, *(t for t in tiles if t not in chosen)), len(full))

    def _tile_size(self) -> tuple[float, float]:
        """Return the size of what the view shows, or of what it should show at a legible zoom."""
        view = self._canvas.view
        (width, height), seen = view.image_size, view.visible()
        if seen.width < width or seen.height < height:
            return seen.width, seen.height
        scale = max(self._legible_scale(), view.transform.scale)
        return view.view_size[0] / scale, view.view_size[1] / scale

    def _legible_scale(self) -> float:
        document, image_id = self._workspace.document, self._workspace.image_id
        size = document.pixel_size(image_id) if document else None
        if size is not None:
            return HEAD_ON_SCREEN_PX * size.x_um / HEAD_UM
        widths = sorted(
            min(d.box.width, d.box.height) for d in self._workspace.annotation.visible()
        )
        if widths:
            return HEAD_ON_SCREEN_PX / (HEAD_SHARE_OF_BOX * widths[len(widths) // 2])
        return UNKNOWN_ZOOM * self._canvas.transform.scale

    def _changes(self) -> tuple[Change, ...]:
        tile = self.tile
        assert tile is not None
        annotation, z_range = self._workspace.annotation, self._slices.z_range()
        inside = [d for d in self._workspace.shown_detections() if _is_in(d, tile, z_range)]
        marked: tuple[Change, ...] = ()
        if not annotation.is_reviewed and not self.seen[self.at]:
            marked = with_reviewed(
                annotation,
                [tile.box],
                new_id=new_id,
                z_range=z_range,
                is_unaided=self._was_hidden,
            )
        return (*marked, *self._review.accepting(inside))

    def _can_look_first(self) -> bool:
        """Tell whether the person has not seen yet what the model found in this tile."""
        tile = self.walk.tiles[self.at]
        is_new = not self.seen[self.at]
        return self.looks_first and is_new and not self._decided_in(tile)

    def _decided_in(self, tile: Tile) -> list[Detection]:
        visible = self._workspace.annotation.visible()
        return [d for d in visible if d.is_decided and tile.box.contains(*d.box.center)]

    def _compare(self) -> None:
        """Show the boxes; what both found becomes one spine."""
        tile = self.tile
        assert tile is not None
        mine, threshold = self._decided_in(tile), self._workspace.view.threshold
        found = self._workspace.annotation.visible()
        theirs = [d for d in found if not d.is_decided and is_shown(d, threshold)]
        changes = compared(mine, theirs, threshold=threshold)
        if changes and not self._workspace.push(Edit("Compare with the model", changes)):
            return
        self.is_hiding = False
        self.changed.emit()

    def _next_unseen(self, index: int) -> int | None:
        if self._is_second_look:  # all were seen before it began: each comes once more
            return index + 1 if index + 1 < self.n_walked else None
        order = [*range(index + 1, self.n_walked), *range(min(index + 1, self.n_walked))]
        return next((i for i in order if not self.seen[i]), None)

    def _look_again(self) -> list[int]:
        """Read off the annotation what was seen; returns the tiles that are no longer."""
        annotation = self._workspace.annotation
        boxes = looked_at(annotation, self._slices.asked())
        before = self.seen
        self.seen = tuple(
            annotation.is_reviewed or is_covered(tile.box, boxes) for tile in self.walk.tiles
        )
        if len(before) != len(self.seen):
            return []
        return [i for i, (was, now) in enumerate(zip(before, self.seen, strict=True)) if was > now]

    def _on_edited(self, edit: Edit) -> None:
        kinds = (ReviewedRegion, ImageState)
        is_here = self._workspace.image_id in edit.image_ids
        if not (self.is_on and is_here and any(isinstance(c.item, kinds) for c in edit.changes)):
            return
        lost = [i for i in self._look_again() if i < self.n_walked]
        # Undo leads back to the tile that is to be looked at again.
        self.go_to(lost[0]) if lost else self.changed.emit()

    def _on_canvas_resized(self) -> None:
        if self.tile is not None:
            self._canvas.view.frame(self.tile.box)

    def _on_view_changed(self) -> None:
        if self.is_on and self._slices.follow():
            self._look_again()
            self.changed.emit()


def _hold_any(boxes: Sequence[Box], places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell (n,) which boxes hold any of the places (m, 2)."""
    x, y = places.T
    x0, y0, x1, y1 = np.array([box.as_xyxy() for box in boxes])[:, :, None].swapaxes(0, 1)
    result: NDArray[np.bool_] = ((x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)).any(axis=1)
    return result


def _is_in(detection: Detection, tile: Tile, z_range: tuple[int, int] | None) -> bool:
    in_slices = (
        z_range is None or detection.z is None or (z_range[0] <= round(detection.z) <= z_range[1])
    )
    return in_slices and tile.box.contains(*detection.box.center)
