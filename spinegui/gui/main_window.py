"""The main window: lays out image, docks, menus, toolbar and status bar; no behaviour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.image_views import ImageViews
from spinegui.gui.language import tr
from spinegui.gui.notices import BannerStack, Notices, Toast, show_error
from spinegui.gui.tool_buttons import ToolStrip

if TYPE_CHECKING:
    from spinegui.gui.action_set import ActionSet

TOOLBAR_GROUPS = (
    ("undo", "redo"),
    ("select_tool", "draw_tool", "add_tool", "region_tool", "brush_tool", "mark_reviewed"),
    ("auto_contrast", "projection", "gallery"),
    ("queue",),
    ("detect", "retrain"),
)
IMAGE_PAGE = "image"
LEAST_TAB_PX = 200
ICON_SIZE = 20
FIRST_SIZE = QSize(1440, 900)


class _Pages(QStackedWidget):
    """Asks for the room of the page in front, not of the widest one."""

    @override
    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()


class MainWindow(QMainWindow):
    """Places what others made. Signals say what the window system wants of it."""

    files_dropped = Signal(object)  # list[Path]
    close_requested = Signal(QCloseEvent)
    theme_changed = Signal()
    help_requested = Signal(object)
    """The dialog that somebody wants to read about."""
    page_changed = Signal(str)

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("spinegui")
        self.resize(FIRST_SIZE)
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks
        )
        self.docks: dict[str, QDockWidget] = {}
        self.banners = BannerStack(self)
        self.hint = QLabel(self)
        self.cursor_text = QLabel(self)
        self.save_text = QLabel(self)
        self._notices = notices
        self._toast: Toast | None = None
        self._hidden: list[QWidget] = []
        self._strips: list[QWidget] = []
        self._layout_before = QByteArray()
        self._centre = QVBoxLayout()
        self._stack = _Pages(self)
        self._pages: dict[str, QWidget] = {}
        for label in (self.hint, self.cursor_text, self.save_text):
            label.setContentsMargins(8, 0, 8, 0)
        notices.banner_requested.connect(self.banners.show_banner)
        notices.banner_removed.connect(self.banners.remove)
        self.banners.dismissed.connect(notices.banner_dismissed)
        notices.toast_requested.connect(self._on_toast_requested)
        notices.error_requested.connect(lambda title, text: show_error(self, title, text))

    def place(self, canvas: QWidget, view_bar: QWidget, panels: dict[str, QWidget]) -> None:
        """Put the image in the middle and the panels (images, label, spines, jobs) around it."""
        centre = QWidget(self)
        self._centre.setContentsMargins(0, 0, 0, 0)
        self._centre.setSpacing(0)
        self._centre.addWidget(self.banners)
        self._centre.addWidget(self._stack, 1)
        self._strips.append(view_bar)
        centre.setLayout(self._centre)
        self.setCentralWidget(centre)
        self._toast = Toast(self._stack)
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.image_views = ImageViews(canvas, page)
        layout.addWidget(self.image_views, 1)
        layout.addWidget(view_bar)
        self.add_page(IMAGE_PAGE, page)
        self._notices.toast_removed.connect(self._toast.leave)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.add_dock("images", tr("Images"), panels["images"], left)
        self.add_dock("label", tr("Spine"), panels["label"], right)
        self.add_dock("spines", tr("Spines"), panels["spines"], right)
        self.add_dock("jobs", tr("Jobs"), panels["jobs"], right, behind="spines")
        self.resizeDocks(
            [self.docks["images"], self.docks["label"]], [200, 392], Qt.Orientation.Horizontal
        )
        self.resizeDocks(
            [self.docks["label"], self.docks["spines"]], [440, 380], Qt.Orientation.Vertical
        )

    def add_above_image(self, widget: QWidget) -> None:
        """Put a line between the banners and the image."""
        self._centre.insertWidget(1, widget)
        self._strips.append(widget)

    def add_dock(
        self,
        name: str,
        title: str,
        panel: QWidget,
        area: Qt.DockWidgetArea,
        *,
        behind: str = "",
        is_open: bool = True,
    ) -> QDockWidget:
        """Dock a panel: at the end of its area, or as a tab behind another dock."""
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock_{name}")
        dock.setWidget(panel)
        panel.setAccessibleName(panel.accessibleName() or title)
        if behind:
            # What a panel asks for before it was ever shown would make the window grow.
            panel.setMinimumHeight(LEAST_TAB_PX)
        self.addDockWidget(area, dock)
        # Before it becomes a tab: hidden afterwards, it leaves an empty tab bar behind.
        dock.setVisible(is_open)
        if behind:
            self.tabifyDockWidget(self.docks[behind], dock)
            self.docks[behind].raise_()
        self.docks[name] = dock
        return dock

    def add_page(self, name: str, page: QWidget) -> None:
        """Add what can stand in the image's place, such as the gallery."""
        self._pages[name] = page
        self._stack.addWidget(page)

    def show_page(self, name: str) -> None:
        """Put that page in the middle; IMAGE_PAGE is the image."""
        if name != self.page:
            self._stack.setCurrentWidget(self._pages[name])
            if self._toast is not None:
                # Qt puts the page that comes in front of everything in the stack.
                self._toast.raise_()
            self.page_changed.emit(name)

    @property
    def pages(self) -> tuple[str, ...]:
        """The names of all pages."""
        return tuple(self._pages)

    @property
    def page(self) -> str:
        """The name of the page in the middle."""
        current = self._stack.currentWidget()
        return next(name for name, page in self._pages.items() if page is current)

    def show_actions(self, actions: ActionSet) -> None:
        """Fill the menu bar and the toolbar, and lay the status bar out."""
        actions.setParent(self)
        actions.fill_menus(self.menuBar())
        view_menu = self.menuBar().findChild(QMenu, "menu_view")
        if view_menu is not None:
            panels = view_menu.addMenu(tr("Panels"))
            panels.addActions([dock.toggleViewAction() for dock in self.docks.values()])
        toolbar = ToolStrip(tr("Tools"), self, ICON_SIZE)
        actions.fill_toolbar(toolbar, TOOLBAR_GROUPS)
        self.addToolBar(toolbar)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        status.addWidget(self.hint, 1)
        status.addPermanentWidget(self.cursor_text)
        status.addPermanentWidget(self.save_text)

    def show_user(self, button: QWidget) -> None:
        """Put who labels at the top right: beside the menus, or where the system has those."""
        if not self.menuBar().isNativeMenuBar():
            self.menuBar().setCornerWidget(button, Qt.Corner.TopRightCorner)
            return
        toolbar = self.findChild(QToolBar, "tools")
        assert toolbar is not None
        room = QWidget(toolbar)
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        toolbar.addWidget(room)
        toolbar.addWidget(button)

    def toggle_only_image(self) -> None:
        """Hide everything but the image (F11), or bring back what was there, as it was."""
        if self.isFullScreen():
            for widget in self._hidden:
                widget.show()
            self._hidden = []
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)
            self.restoreState(self._layout_before)
            return
        self._layout_before = self.saveState()
        bars = (self.menuBar(), self.statusBar(), *self.findChildren(QToolBar))
        chrome = (*bars, *self.docks.values(), *self._strips)
        self._hidden = [w for w in chrome if w.isVisible()]
        self.setWindowState(self.windowState() | Qt.WindowState.WindowFullScreen)
        for widget in self._hidden:
            widget.hide()

    def _on_toast_requested(self, text: str, action: str, callback: object) -> None:
        if self._toast is not None:
            self._toast.say(text, action, callback)  # type: ignore[arg-type]

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.theme_changed.emit()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.files_dropped.emit(paths)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_requested.emit(event)
