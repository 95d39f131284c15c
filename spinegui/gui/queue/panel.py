"""The dock of the review queue: what it is made of, how far it is, and what waits in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.queue.choice import FLOOR, IMAGE, PROJECT
from spinegui.gui.queue.item_list import ItemList
from spinegui.gui.queue.sources import SOURCES
from spinegui.gui.queue.summary import SummaryPage
from spinegui.gui.queue.words import progress_text

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from spinegui.gui.action_set import ActionSet
    from spinegui.gui.queue.review_queue import ReviewQueue
    from spinegui.gui.workspace import Workspace

SPOKEN = ("queue_skip", "queue_later")
"""What has words on its button: no icon says it."""
BUTTONS = (*SPOKEN, "queue_rank")


class QueuePanel(QWidget):
    """Shows the queue and sets what it is made of. `item_chosen`: somebody wants to go there."""

    item_chosen = Signal(str)

    def __init__(self, workspace: Workspace, queue: ReviewQueue) -> None:
        super().__init__()
        self._workspace = workspace
        self._queue = queue
        self._actions: ActionSet | None = None
        self.sources = self._box(tr("What the queue is made of"))
        self.reach = self._box(tr("How far the queue reaches"))
        self.order = self._box(tr("Order of the queue"))
        self.below = QCheckBox(tr("Also below the threshold, from {floor:.2f}", floor=FLOOR), self)
        self.below.setToolTip(tr("Take predictions in that are too weak to be shown"))
        self.progress = QLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the queue"))
        self.list = ItemList(workspace, self)
        self.summary = SummaryPage(self)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.summary)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.list)
        self._pages.addWidget(scroll)
        self.switch = QPushButton(self)
        self.switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons: list[QToolButton] = []
        self._bottom = QHBoxLayout()
        self._lay_out()
        self._listen()

    def _listen(self) -> None:
        queue = self._queue
        self.reach.activated.connect(self._on_reach_chosen)
        self.order.activated.connect(self._on_order_chosen)
        self.sources.activated.connect(self._on_source_chosen)
        self.below.toggled.connect(lambda on: queue.choice.set(weak=on))
        self.list.chosen.connect(self.item_chosen)
        self.list.clicked.connect(self._on_clicked)
        # Several signals tell of one decision; one look after all of them is enough.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        for signal in (queue.changed, queue.current_changed, queue.toggled):
            signal.connect(self._soon.start)

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        return box

    def _lay_out(self) -> None:
        choices = QGridLayout()
        choices.setSpacing(8)
        choices.addWidget(self.sources, 0, 0, 1, 2)
        choices.addWidget(self.reach, 1, 0)
        choices.addWidget(self.order, 1, 1)
        choices.addWidget(self.below, 2, 0, 1, 2)
        choices.setColumnStretch(1, 1)
        self._bottom.setContentsMargins(12, 8, 12, 8)
        self._bottom.setSpacing(4)
        self._bottom.addWidget(self.switch, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.setSpacing(8)
        head.addLayout(choices)
        head.addWidget(self.progress)
        head.addWidget(self.bar)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        layout.addLayout(self._bottom)

    def show_actions(self, actions: ActionSet) -> None:
        """Put the buttons in, once the actions are there."""
        self._actions = actions
        self.switch.clicked.connect(actions["queue"].trigger)
        self.summary.show_actions(actions)
        for action_id in BUTTONS:
            button = QToolButton(self)
            button.setDefaultAction(actions[action_id])
            if action_id in SPOKEN:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._bottom.addWidget(button)
            self.buttons.append(button)
        actions.give_canvas_keys(self.list)
        self.refresh()

    def refresh(self) -> None:
        """Show the queue as it is now; nothing while nobody sees it."""
        if not self.isVisible():
            return
        self._show_choices()
        queue = self._queue
        waiting = queue.round.waiting()
        self.list.show_items(waiting, queue.current)
        is_empty = not waiting and queue.is_known
        if is_empty:
            self.summary.show_state(self._workspace, queue)
        self._pages.setCurrentIndex(1 if is_empty else 0)
        done, total, pace, left = queue.progress()
        self.progress.setText(progress_text(done, total, pace, left) if total else "")
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        for widget in (self.progress, self.bar):
            widget.setVisible(done < total)
        self.switch.setText(tr("Stop the queue") if queue.is_on else tr("Start the queue"))
        self.switch.setProperty("primary", not queue.is_on and bool(waiting))
        self.switch.style().polish(self.switch)
        if self._actions is not None:
            action = self._actions["queue"]
            self.switch.setEnabled(action.isEnabled())
            self.switch.setToolTip(action.toolTip())

    def _show_choices(self) -> None:
        choice = self._queue.choice
        _fill(self.sources, [(s.id, s.title) for s in SOURCES.values()], choice.source.id)
        self.sources.setVisible(len(SOURCES) > 1)
        reaches = [(IMAGE, tr("This image")), (PROJECT, tr("Whole project"))]
        _fill(self.reach, reaches, choice.reach)
        _fill(self.order, list(choice.source.orders), choice.order)
        with QSignalBlocker(self.below):
            self.below.setChecked(choice.takes_weak)

    def _on_reach_chosen(self, _row: int) -> None:
        self._queue.choice.set(reach=self.reach.currentData())

    def _on_order_chosen(self, _row: int) -> None:
        self._queue.choice.set(order=self.order.currentData())

    def _on_source_chosen(self, _row: int) -> None:
        self._queue.choice.set(source=self.sources.currentData())

    def _on_clicked(self, index: object) -> None:
        self.item_chosen.emit(str(index.data(Qt.ItemDataRole.UserRole)))  # type: ignore[attr-defined]

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._queue.watch(on=True)
        self.refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._queue.watch(on=False)


def _fill(box: QComboBox, choices: list[tuple[str, str]], chosen: str) -> None:
    """Offer (id, name) choices; one that is open stays as it is where nothing changed."""
    if [(box.itemData(i), box.itemText(i)) for i in range(box.count())] != choices:
        box.clear()
        for choice, name in choices:
            box.addItem(name, choice)
    box.setCurrentIndex(box.findData(chosen))
