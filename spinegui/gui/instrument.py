"""The reviewer's instrument: one story an entry, each with its own panel, actions and manners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from spinegui.gui.batch.story import BatchStory
from spinegui.gui.editing.story import Editing
from spinegui.gui.gallery.gallery import Gallery
from spinegui.gui.history.story import History
from spinegui.gui.hunt.story import Hunt
from spinegui.gui.queue.story import QueueStory
from spinegui.gui.raters.story import Raters
from spinegui.gui.seeing.story import Seeing

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.actions import Needs
    from spinegui.gui.desk import Desk


class Story(Protocol):
    """Something the user does that has a place of its own in the window.

    It is made after the desk's panels and flows and before the desk's actions; docks and pages are
    added then. What needs `desk.actions` waits for `place`.
    """

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what its actions call, by action id."""
        ...

    def checked(self) -> dict[str, bool]:
        """Return which of its checkable actions are on; asked by `desk.refresh_actions`."""
        ...

    def place(self) -> None:
        """Put what it shows into menus and bars, once the actions are there."""
        ...


@runtime_checkable
class Fulfils(Protocol):
    """A story that knows of needs which only it can meet, such as that the queue is on."""

    def met(self) -> Needs:
        """Return those of its needs that are met now."""
        ...


def stories_of(desk: Desk) -> tuple[Story, ...]:
    """Build the stories, in the order in which their docks appear."""
    return (
        Editing(desk),
        Seeing(desk),
        QueueStory(desk),
        Hunt(desk),
        History(desk),
        BatchStory(desk),
        Gallery(desk),
        Raters(desk),
    )
