"""Which page is in front, and what the shared actions mean there.

The image and every page that can stand in its place share one set of actions: X rejects and a
digit labels wherever one is. A page names the actions that it answers; while it is in front, those
go to it and what only the image can do is disabled. So no key ever acts on what is out of sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from spinegui.gui.main_window import IMAGE_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.main_window import MainWindow


class Page(Protocol):
    """What stands in the image's place."""

    def answers(self) -> Mapping[str, Callable[[], object]]:
        """Return what actions do here, by action id; those not named are not for this page."""
        ...

    @property
    def hint(self) -> str:
        """What the mouse does here, for the line at the bottom."""
        ...

    def n_selected(self) -> int:
        """Return how many spines the keys would act on."""
        ...

    def label(self, label: str) -> None:
        """Give the selected spines that class, as the buttons of the Spine panel ask for."""
        ...

    def take_focus(self) -> None:
        """Let keys come here."""
        ...


class Front(QObject):
    """Hands actions to the page in front; without one, to the image."""

    changed = Signal(str)  # the page now in front

    def __init__(self, window: MainWindow, canvas: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._canvas = canvas
        self._pages: dict[str, Page] = {}
        self._answers: dict[str, Mapping[str, Callable[[], object]]] = {}
        window.page_changed.connect(self._on_page_changed)

    def add(self, name: str, widget: QWidget, page: Page) -> None:
        """Add a page that can stand in the image's place."""
        self._window.add_page(name, widget)
        self._pages[name] = page
        self._answers[name] = page.answers()

    @property
    def name(self) -> str:
        return self._window.page

    @property
    def page(self) -> Page | None:
        """The page in front; None while it is the image."""
        return self._pages.get(self.name)

    @property
    def answered(self) -> frozenset[str]:
        """The actions that the page in front answers itself."""
        return frozenset(self._answers.get(self.name, ()))

    def call(self, action_id: str, on_image: Callable[[], object]) -> None:
        """Do an action where it belongs: on the page in front, or as on the image."""
        self._answers.get(self.name, {}).get(action_id, on_image)()

    def show(self, name: str) -> None:
        self._window.show_page(name)
        self.take_focus()

    def show_image(self) -> None:
        self.show(IMAGE_PAGE)

    def toggle(self, name: str) -> None:
        """Show that page, or the image again where it is in front."""
        self.show(IMAGE_PAGE if self.name == name else name)

    def take_focus(self) -> None:
        """Let keys act on what is in front."""
        page = self.page
        if page is None:
            self._canvas.setFocus()
        else:
            page.take_focus()

    def _on_page_changed(self, name: str) -> None:
        self.changed.emit(name)
