"""The reviewer's desk: builds the window's parts once and joins them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.action_set import ActionSet
from spinegui.gui.batch.batch import Batch
from spinegui.gui.batch.batches import Batches
from spinegui.gui.batch.card import BatchCard
from spinegui.gui.canvas.image_view import Canvas
from spinegui.gui.canvas.tools import Tool
from spinegui.gui.canvas_link import CanvasLink
from spinegui.gui.dialogs.locked import ask_locked
from spinegui.gui.dialogs.preflight import Preflight, ask_preflight
from spinegui.gui.enablement import fulfilled
from spinegui.gui.engine_bridge import EngineBridge
from spinegui.gui.flows.compare import Compare
from spinegui.gui.flows.decide import Decide
from spinegui.gui.flows.detect import Detect, DetectJobs
from spinegui.gui.flows.display import Display
from spinegui.gui.flows.files import Files
from spinegui.gui.flows.leave import Leave
from spinegui.gui.flows.models import Models
from spinegui.gui.flows.navigate import Navigate
from spinegui.gui.flows.open_images import OpenImages
from spinegui.gui.flows.open_project import OpenProject
from spinegui.gui.flows.retrain import Retrain
from spinegui.gui.flows.review import Review
from spinegui.gui.front import Front
from spinegui.gui.handlers import handlers
from spinegui.gui.keys.bindings import KeyBindings
from spinegui.gui.language import tr
from spinegui.gui.main_window import MainWindow
from spinegui.gui.merging import Merging
from spinegui.gui.notices import Notices
from spinegui.gui.panels.detections import DetectionsPanel
from spinegui.gui.panels.images import ImagesPanel
from spinegui.gui.panels.jobs import JobsPanel
from spinegui.gui.panels.label import LabelPanel
from spinegui.gui.panels.view_bar import ViewBar
from spinegui.gui.running_jobs import RunningJobs
from spinegui.gui.status_line import StatusLine
from spinegui.gui.stories import Stories
from spinegui.gui.trainers import Trainers
from spinegui.gui.workspace import Workspace
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent

    from spinegui.domain.geometry import Box
    from spinegui.engine.local import LocalEngine
    from spinegui.gui.document import Document
    from spinegui.gui.settings import Settings
    from spinegui.gui.training_plan import Plan
    from spinegui.storage.model_store import ModelStore
    from spinegui.storage.rows import JobRow

CANVAS_TOOLS = {
    Tool.SELECT: "select_tool",
    Tool.DRAW: "draw_tool",
    Tool.ADD: "add_tool",
    Tool.REGION: "region_tool",
    Tool.BRUSH: "brush_tool",
}
ON_A_SPINE = (
    "accept_next", "reject", "duplicate", "merge", "split", "label_1", "label_2", "label_3",
    "label_4", "label_0", "zoom_to_selection", "best_slice", "who_changed",
)  # fmt: skip
ON_THE_IMAGE = ("detect", "mark_reviewed", "no_spines", "fit", "auto_contrast", "projection")
BACKUP_CHECK_MS = 10 * 60 * 1000


class Desk(QObject):
    """All parts of one window. `close` ends its threads and processes."""

    def __init__(self, settings: Settings, engine: LocalEngine, models: ModelStore) -> None:
        super().__init__()
        self.settings = settings
        self.keys = KeyBindings(settings, self)
        self.notices = Notices(self)
        self.workspace = Workspace(settings, self)
        self.models = Models(self.workspace, self.notices, models)
        self.bridge = EngineBridge(engine, self)
        self.jobs = RunningJobs(self.bridge, self)
        self.trainers = Trainers(self.bridge, self)
        self.window = MainWindow(self.notices)
        self.canvas = Canvas(self.window)
        self.front = Front(self.window, self.canvas)
        self._build_flows()
        self._link = CanvasLink(self.canvas, self.workspace, self.review)
        self._build_panels()
        self.stories = Stories(self)
        self.actions = ActionSet(handlers(self), self, self.keys)
        self.window.show_actions(self.actions)
        self.stories.place()
        self.actions.give_canvas_keys(self.canvas, self.spines.table)
        self.actions.give_window_keys(self.window)
        self._listen()
        self._on_keys_changed()
        settings.restore_layout(self.window)
        self._name_project()

    def open(self, paths: Sequence[Path]) -> None:
        """Open projects, images or folders, as named on the command line or dropped."""
        self.open_images.run(paths)

    def close(self) -> None:
        """Close the project, end all threads and processes, and let the window go.

        The desk and all its parts are deleted as soon as events are next handled.
        """
        self.jobs.close()
        self.open_project.close_current()
        self.workspace.close()
        self.open_project.close_unshown()
        self.bridge.close()
        self.bridge.engine.shutdown()
        self.trainers.close()
        self._backup_timer.stop()
        self.window.deleteLater()
        self.deleteLater()

    # -- building ----------------------------------------------------------------------------

    def _build_flows(self) -> None:
        workspace, notices = self.workspace, self.notices
        self.display = Display(workspace, self.canvas)
        self.review = Review(workspace, notices)
        self.navigate = Navigate(workspace, notices, self.display.reveal)
        self.decide = Decide(workspace, notices, self.review, self.navigate, self.canvas)
        compare = Compare(self.window, workspace, notices, self.models, self._point_at)
        self.retrain = Retrain(
            workspace,
            notices,
            self.jobs,
            self.models,
            ask=self._ask_about_training,
            offer=compare.run,
        )
        self.open_project = OpenProject(
            workspace, notices, partial(ask_locked, self.window), self._offer_interrupted
        )
        self.open_images = OpenImages(workspace, notices, self.open_project)
        self.files = Files(self.window, workspace, notices, self.open_images, self.open_project)
        prepared, merging = DetectJobs(workspace, self.models), Merging(workspace.moments)
        make_batch = partial(
            Batch, bridge=self.bridge, prepared=prepared, merging=merging, parent=self
        )
        self.batches = Batches(workspace, notices, self.jobs, make_batch, self)
        self.detect = Detect(workspace, notices, self.jobs, prepared, merging, self.batches)
        self.leave = Leave(self.window, self.jobs, self.open_project)

    def _build_panels(self) -> None:
        self.images = ImagesPanel(self.workspace)
        self.label = LabelPanel(self.workspace, self.display)
        self.spines = DetectionsPanel(self.workspace, self.display.reveal)
        batch_card = partial(BatchCard, batches=self.batches, workspace=self.workspace)
        self.jobs_panel = JobsPanel(self.jobs, batch_card)
        self.view_bar = ViewBar(self.workspace)
        panels = {
            "images": self.images,
            "label": self.label,
            "spines": self.spines,
            "jobs": self.jobs_panel,
        }
        self.window.place(self.canvas, self.view_bar, panels)
        self.status_line = StatusLine(self.window, self.workspace, self.canvas, self.front)

    def _ask_about_training(self, plan: Plan, start: Callable[[Plan], object]) -> None:
        dialog = Preflight(self.window, plan, self.trainers, self.settings.pace)
        ask_preflight(dialog, start, self.stories.change_settings.show_workers)

    def _point_at(self, box: Box) -> None:
        self.front.show_image()
        self.display.point_at(box)

    # -- listening ---------------------------------------------------------------------------

    def _listen(self) -> None:
        workspace, refresh = self.workspace, self.refresh_actions
        self.window.files_dropped.connect(self.open)
        self.window.close_requested.connect(self._on_close_requested)
        self.window.theme_changed.connect(self.actions.refresh_icons)
        self.label.label_chosen.connect(self._on_label_chosen)
        self.canvas.tool_changed.connect(lambda _tool: refresh())
        self.canvas.context_menu_requested.connect(self._on_context_menu_requested)
        self.jobs.busy_changed.connect(refresh)
        self.keys.changed.connect(self._on_keys_changed)
        workspace.document_changed.connect(self._on_document_changed)
        workspace.labels_changed.connect(self._name_project)
        # A click on an image is about to be followed by keys that act on it.
        self.images.list.clicked.connect(lambda _index: self.front.take_focus())
        for signal in (workspace.image_changed, workspace.edited, workspace.selection.changed):
            signal.connect(refresh)
        workspace.view_state.changed.connect(refresh)
        self.front.changed.connect(refresh)
        loader = workspace.loader
        for signal in (workspace.stepped, workspace.looked_back, loader.failed, loader.mended):
            signal.connect(refresh)
        self._backup_timer = QTimer(self)
        self._backup_timer.setInterval(BACKUP_CHECK_MS)
        self._backup_timer.timeout.connect(self._back_up_if_due)
        self._backup_timer.start()

    def refresh_actions(self, *_cause: object) -> None:
        """Enable what makes sense now, and check what is on."""
        is_running = self.jobs.is_running
        self.actions.set_fulfilled(
            fulfilled(
                self.workspace,
                self.front,
                is_detecting=self.jobs.is_detecting(),
                is_training=is_running(JobKind.TRAIN),
            )
            | self.stories.met(),
            self.front.answered,
        )
        view = self.workspace.view
        checked = {
            "projection": view.is_projected,
            "show_boxes": view.show_boxes,
            "show_labels": view.show_labels,
            "predictions_only": view.predictions_only,
            "show_rejected": view.show_rejected,
            "mark_reviewed": self.workspace.annotation.is_reviewed,
            "auto_advance": self.settings.auto_advance,
            **{action: self.canvas.tool is tool for tool, action in CANVAS_TOOLS.items()},
            **self.stories.checked(),
        }
        for action_id, is_on in checked.items():
            self.actions.set_checked(action_id, is_on)

    def _on_document_changed(self, document: Document | None) -> None:
        if document is not None:
            # Keys mean spines from the first moment on, without a click into the image.
            self.front.take_focus()
        self.retrain.clear_offers()
        self._name_project()

    def _name_project(self) -> None:
        document = self.workspace.document
        name = f"{document.project.path.name} – " if document else ""
        self.window.setWindowTitle(f"{name}spinegui")
        labels = document.label_set if document else SPINE_CLASSES
        for spine_class in labels.classes[:4]:
            self.actions.rename(
                f"label_{spine_class.key}",
                tr(spine_class.name),
                tr("Label the selected spines {lower}", lower=tr(spine_class.name).lower()),
            )
        self.refresh_actions()

    def _offer_interrupted(self, record: JobRow) -> None:
        """Offer a job again that ended with the window it was started from."""
        if record.kind == JobKind.DETECT:
            self.batches.offer(record)
        elif not self.retrain.takes_up(record):
            self.retrain.offer(record)

    def _on_keys_changed(self) -> None:
        self.canvas.set_hide_keys(self.keys.of("show_boxes"))
        self.label.name_keys()

    def _on_label_chosen(self, label: str) -> None:
        if self.front.page is not None:
            self.front.page.label(label)
        elif reason := self.actions.reason("label_0"):
            self.notices.toast(reason)
        else:
            self.review.label(self.decide.targets(), label)

    def _on_context_menu_requested(self, detection_id: str, position: QPoint) -> None:
        if detection_id and detection_id not in self.workspace.selection.ids:
            self.workspace.selection.replace([detection_id])
        menu = QMenu(self.window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action_id in ON_A_SPINE if detection_id else ON_THE_IMAGE:
            menu.addAction(self.actions[action_id])
        menu.popup(position)

    def _on_close_requested(self, event: QCloseEvent) -> None:
        self.settings.save_layout(self.window)
        self.leave.run(event)

    def _back_up_if_due(self) -> None:
        document = self.workspace.document
        if document is not None and not document.is_read_only:
            document.keep(document.project.backup_if_due())
