"""Which slices of a stack were looked at while one place of it was on show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spinegui.gui.workspace import Workspace

ZRange = tuple[int, int] | None


class SlicesSeen:
    """Follows the view; None stands for all slices, as of a projection or of one plane."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: set[int] = set()
        self._asked: ZRange = None

    def start(self) -> None:
        """Forget the place before."""
        self._seen = set()
        self.follow()

    def follow(self) -> bool:
        """Take note of what is on show now; tell whether other slices are asked for than before."""
        before, self._asked = self._asked, self.asked()
        image = self._workspace.image
        if image is not None:
            first, last = self._asked or (0, image.n_z - 1)
            self._seen.update(range(first, last + 1))
        return self._asked != before

    def asked(self) -> ZRange:
        """Return the slices on show: the one, its slab, or the projection's range."""
        image, view = self._workspace.image, self._workspace.view
        if image is None or not image.is_stack:
            return None
        shown = view.slices(image.n_z) or (view.z, view.z)
        return None if shown == (0, image.n_z - 1) else shown

    def z_range(self) -> ZRange:
        """Return the unbroken run of slices looked at here that holds those on show."""
        image, asked = self._workspace.image, self.asked()
        if image is None or asked is None:
            return None
        first, last = asked
        while first - 1 in self._seen:
            first -= 1
        while last + 1 in self._seen:
            last += 1
        return None if (first, last) == (0, image.n_z - 1) else (first, last)
