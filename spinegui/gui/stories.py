"""The window's smaller stories: built once, joined with the desk, named for the action table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from spinegui.gui.actions import Needs
from spinegui.gui.canvas_states import CanvasStates
from spinegui.gui.dialogs.about import AboutSheet
from spinegui.gui.dialogs.palette import PaletteSheet
from spinegui.gui.dialogs.shortcuts import ShortcutsSheet
from spinegui.gui.flows.change_settings import ChangeSettings
from spinegui.gui.flows.diagnostics import Diagnostics
from spinegui.gui.flows.exporting import Exporting
from spinegui.gui.flows.importing import Importing
from spinegui.gui.flows.locate_image import LocateImage
from spinegui.gui.flows.open_sample import OpenSample
from spinegui.gui.flows.restore_backup import RestoreBackup
from spinegui.gui.flows.set_pixel_size import SetPixelSize
from spinegui.gui.guide import Guide
from spinegui.gui.instrument import Fulfils, stories_of
from spinegui.gui.job_strip import JobStrip
from spinegui.gui.log.sheet import LogSheet
from spinegui.gui.manual.story import Manual
from spinegui.gui.recent_menu import RecentMenu
from spinegui.gui.session.story import Session
from spinegui.gui.task_strip import TaskStrip
from spinegui.gui.tour.story import Tour

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk


class Stories(QObject):
    """Everything here is reached through an action, a banner or the empty canvas."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        window, workspace, notices = desk.window, desk.workspace, desk.notices
        self.change_settings = ChangeSettings(desk)
        self.pixel_size = SetPixelSize(window, workspace, notices)
        self.restore = RestoreBackup(window, workspace, notices, desk.open_project)
        self.exporting = Exporting(window, workspace, notices)
        self.importing = Importing(window, workspace, notices)
        self.diagnostics = Diagnostics(window, workspace, notices, desk.bridge)
        self.sample = OpenSample(workspace, notices, desk.open_project, desk.detect)
        self.locate = LocateImage(window, workspace, notices)
        self.canvas_states = CanvasStates(
            desk.canvas,
            workspace,
            desk.display,
            open_images=desk.files.open_images,
            open_sample=self.sample.run,
            locate=self.locate.run,
        )
        self.strip = TaskStrip(workspace.background, window)
        self.tour = Tour(desk)
        self.instrument = (*stories_of(desk), self.tour, Manual(desk))
        # Found out once: asking each time whether it has the method is most of the asking.
        self._fulfilling = [story for story in self.instrument if isinstance(story, Fulfils)]
        self.session = Session(desk)
        workspace.document_changed.connect(lambda _document: notices.clear_toast())

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the actions of these stories call."""
        desk = self._desk
        return {
            "about": lambda: AboutSheet(desk.window).open(),
            "diagnostics": self.diagnostics.run,
            "show_log": self._show_log,
            "export_coco": self.exporting.coco,
            "export_table": self.exporting.table,
            "guide": self._on_guide_toggled,
            "import_coco": self.importing.run,
            "open_sample": self.sample.run,
            "palette": lambda: PaletteSheet(desk.window, desk.actions).open(),
            "restore_backup": self.restore.run,
            "set_pixel_size": self.pixel_size.run,
            "settings": self.change_settings.run,
            "shortcuts": self._show_shortcuts,
            "change_keys": self.change_settings.show_keys,
            **{k: call for story in self.instrument for k, call in story.handlers().items()},
        }

    def checked(self) -> dict[str, bool]:
        """Return which of these stories' checkable actions are on."""
        return {k: is_on for story in self.instrument for k, is_on in story.checked().items()}

    def met(self) -> Needs:
        """Return the needs of actions that these stories meet now."""
        met = Needs.NOTHING
        for story in self._fulfilling:
            met |= story.met()
        return met

    def place(self) -> None:
        """Put the recent projects into the File menu, the strips below, the guide above."""
        desk = self._desk
        menu = desk.window.menuBar().findChild(QMenu, "menu_file")
        assert menu is not None
        recent = RecentMenu(menu, desk.settings, desk.open_project.run)
        menu.insertMenu(desk.actions["new_project"], recent)
        status = desk.window.statusBar()
        status.insertPermanentWidget(1, self.strip)
        status.insertPermanentWidget(2, JobStrip(desk.jobs, desk.window.docks["jobs"].raise_))
        self.guide = Guide(desk.workspace, desk.jobs, desk.actions, self)
        desk.window.add_above_image(self.guide.line)
        for story in self.instrument:
            story.place()
        self.change_settings.apply()

    def _show_log(self) -> None:
        sheet = LogSheet(self._desk.window)
        sheet.diagnostics_requested.connect(self.diagnostics.run)
        sheet.open()

    def _show_shortcuts(self) -> None:
        sheet = ShortcutsSheet(self._desk.window, self._desk.actions)
        sheet.change_requested.connect(self.change_settings.show_keys)
        sheet.open()

    def _on_guide_toggled(self) -> None:
        self.guide.toggle()
