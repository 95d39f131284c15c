"""The line above the image: what to do next and how far the review is; it can be put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from spinegui.gui.language import tr
from spinegui.gui.next_step import Situation, Step, next_step
from spinegui.gui.review_count import ReviewCount
from spinegui.gui.style.icons import icon
from spinegui.jobs.spec import JobKind

if TYPE_CHECKING:
    from spinegui.gui.action_set import ActionSet
    from spinegui.gui.document import Document
    from spinegui.gui.running_jobs import RunningJobs
    from spinegui.gui.workspace import Workspace

HEIGHT = 40


class GuideLine(QFrame):
    """One sentence, one button, how many are decided, and a way to be rid of it."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("guide")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._actions = actions
        self._action_id = ""
        self.text = QLabel(self)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        # A narrow window cuts the sentence, it does not grow for it.
        self.text.setMinimumWidth(1)
        self.button = QPushButton(self)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self._on_button_clicked)
        self.count = QLabel(self)
        self.count.setProperty("tone", "quiet")
        self.count.setToolTip(tr("Spines of this image that are decided, accepted or rejected"))
        self.hide_button = QToolButton(self)
        self.hide_button.setIcon(icon("ph.x"))
        self.hide_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide_button.setToolTip(tr("Hide the guide; the Help menu brings it back"))
        self.hide_button.setAccessibleName(tr("Hide the guide"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 8, 0)
        layout.setSpacing(12)
        layout.addWidget(self.text, 1)
        for widget in (self.button, self.count, self.hide_button):
            layout.addWidget(widget)

    def say(self, step: Step, count: str) -> None:
        """Show a step."""
        self._action_id = step.action_id
        self.text.setText(step.text)
        self.text.setToolTip(step.text)
        self.button.setText(step.button)
        self.button.setVisible(bool(step.action_id))
        self.count.setText(count)

    def _on_button_clicked(self) -> None:
        self._actions[self._action_id].trigger()


class Guide(QObject):
    """Keeps the line true, and lets the toolbar's next big step wear the accent."""

    def __init__(
        self, workspace: Workspace, jobs: RunningJobs, actions: ActionSet, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._jobs = jobs
        self._actions = actions
        self._counts = ReviewCount()
        self._decided_before = 0
        self._was_training = False
        self._is_silent = False
        self.line = GuideLine(actions)
        self.line.hide_button.clicked.connect(self.toggle)
        # Several signals tell of one edit; one look after all of them is enough.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        for signal in (
            workspace.image_changed, workspace.edited, workspace.selection.changed,
            workspace.images_changed, workspace.view_state.changed, jobs.busy_changed,
            workspace.looked_back, workspace.loader.failed, workspace.loader.mended,
        ):  # fmt: skip
            signal.connect(self._soon.start)
        workspace.document_changed.connect(self._on_document_changed)
        self.refresh()

    @property
    def is_silent(self) -> bool:
        """Whether somebody else says what to do next, as the tour does."""
        return self._is_silent

    @is_silent.setter
    def is_silent(self, on: bool) -> None:
        self._is_silent = on
        self.refresh()

    def toggle(self) -> None:
        """Show the line, or put it away for good."""
        settings = self._workspace.settings
        settings.shows_guide = not settings.shows_guide
        self.refresh()

    def situation(self) -> Situation:
        """Return where the review stands."""
        workspace = self._workspace
        document = workspace.document
        if document is None:
            return Situation()
        n_shown = len(workspace.shown_detections())
        selected = workspace.selected_detections()
        others = (i for i in document.images if i != workspace.image_id)
        return Situation(
            n_shown=n_shown,
            n_left=n_shown - workspace.n_decided(),
            is_undecided_selected=any(not d.is_decided for d in selected),
            is_reviewed=workspace.annotation.is_reviewed,
            n_new_decisions=self._decided() - self._decided_before,
            is_detecting=self._jobs.is_running(JobKind.DETECT),
            is_training=self._jobs.is_running(JobKind.TRAIN),
            is_last_unreviewed=all(document.annotation(i).is_reviewed for i in others),
        )

    def refresh(self) -> None:
        """Say what is next now."""
        is_training = self._jobs.is_running(JobKind.TRAIN)
        if is_training and not self._was_training:
            self._decided_before = self._decided()
        self._was_training = is_training
        document = self._workspace.document
        is_now = self._workspace.past is None
        can_edit = is_now and document is not None and not document.is_read_only
        has_image = self._workspace.image is not None and not self._workspace.loader.is_broken
        now = self.situation()
        shows = self._workspace.settings.shows_guide
        self._actions.set_checked("guide", shows)
        is_alone = self.line.window().isFullScreen()
        is_blind = self._workspace.blind is not None  # what to do then is said in its banner
        is_due = shows and not self._is_silent and not is_alone and not is_blind
        self.line.setVisible(is_due and has_image and can_edit)
        decided = self._counts.of(self._workspace.annotation).decided
        self.line.say(
            next_step(now),
            tr("{decided} of {value}", decided=decided, value=decided + now.n_left)
            if decided
            else "",
        )
        self._actions.set_primary(_primary(now) if has_image and can_edit else "")

    def _decided(self) -> int:
        document = self._workspace.document
        return self._counts.total(document.annotations).decided if document else 0

    def _on_document_changed(self, document: Document | None) -> None:
        self._counts.forget()
        self._was_training = False
        # A model promoted in this project has learnt from what was decided before.
        has_learnt = document is not None and bool(document.active_models)
        self._decided_before = self._decided() if has_learnt else 0
        if document is not None:
            self._soon.start()
        else:
            self.refresh()


def _primary(now: Situation) -> str:
    if not now.n_shown and not now.is_reviewed:
        return "" if now.is_detecting else "detect"
    return "retrain" if now.is_worth_training else ""
