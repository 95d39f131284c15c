"""The models at hand: which one works, where each came from, how good it was measured to be."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from spinegui.gui.dialogs.plain_table import plain_table
from spinegui.gui.language import later, tr
from spinegui.gui.manual.asking import give_help_key
from spinegui.gui.model_facts import describe_metrics, details
from spinegui.gui.style.palette import tokens_in_use
from spinegui.gui.training_plan import roles_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.flows.models import Models, WayBack
    from spinegui.storage.model_store import ModelInfo

COLUMNS = (
    later("Model"),
    later("Roles"),
    later("In use"),
    later("Made"),
    later("From"),
    later("Measured"),
)
ARCHIVES = later("Spinegui models (*.zip)")
SIZE = (940, 560)
NOTHING_EARLIER = later("There is no earlier model to go back to")


class ModelsDialog(QDialog):
    """A table of models with the actions that concern one of them."""

    def __init__(self, parent: QWidget, models: Models) -> None:
        super().__init__(parent)
        self.setObjectName("models")
        give_help_key(self)
        self.setWindowTitle(tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._models = models
        self._rows: list[ModelInfo] = []
        self.table = self._build_table()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        self.details = QTextBrowser(self)
        self.details.setObjectName("details")
        self.details.setAccessibleName(tr("About the chosen model"))
        self.table.setAccessibleName(tr("Models"))
        self.details.setOpenLinks(False)
        self.details.setPlaceholderText(tr("Choose a model to read where it came from"))
        layout.addWidget(self.table, 2)
        layout.addWidget(self.details, 3)
        hint = QLabel(
            tr("A model works on new detections only; no decision of yours changes."), self
        )
        hint.setObjectName("hint")
        layout.addWidget(hint)
        layout.addLayout(self._build_buttons())
        self.refresh()

    def _build_table(self) -> QTableWidget:
        table = plain_table(self, tuple(map(tr, COLUMNS)))
        table.itemSelectionChanged.connect(self._on_selection_changed)
        return table

    def _build_buttons(self) -> QHBoxLayout:
        self.promote_button = self._button(tr("Promote"), tr("Let this model work"), self._promote)
        self.promote_button.setProperty("primary", True)
        self.back_button = self._button(tr("Go back"), tr(NOTHING_EARLIER), self._on_back_clicked)
        self.export_button = self._button(
            tr("Export…"), tr("Write this model to a file"), self._export
        )
        self.import_button = self._button(
            tr("Import…"), tr("Bring in a model's file"), self._import
        )
        self.delete_button = self._button(
            tr("Delete"), tr("Delete this model's files"), self._delete
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.import_button, self.export_button, self.delete_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.promote_button)
        return row

    def _button(self, text: str, tip: str, call: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: call())
        return button

    def refresh(self) -> None:
        """Read the store again; what was chosen stays so."""
        chosen = self._chosen()
        self._rows = list(self._models.store.list())
        self.table.setRowCount(len(self._rows))
        names = {model.sha: model.name for model in self._rows}
        for row, model in enumerate(self._rows):
            for column, text in enumerate(self._texts(model, names)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        shas = [model.sha for model in self._rows]
        if chosen is not None and chosen.sha in shas:
            self.table.selectRow(shas.index(chosen.sha))
        else:
            self.table.clearSelection()
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        self._enable_buttons()
        model = self._chosen()
        names = {each.sha: each.name for each in self._rows}
        muted = tokens_in_use(self.palette()).muted
        self.details.setHtml(details(model, names, muted=muted) if model is not None else "")

    def _texts(self, model: ModelInfo, names: dict[str, str]) -> tuple[str, ...]:
        active = self._models.is_active(model)
        in_use = (
            "–"
            if not active
            else tr("Yes")
            if active == model.roles
            else tr("As {active}", active=active[0])
        )
        made = tr("Shipped") if model.shipped else model.created[:16].replace("T", " ")
        parent = names.get(model.parent or "", "") if model.parent else "–"
        roles = roles_words(model.roles).capitalize()
        return model.name, roles, in_use, made, parent or tr("Deleted"), describe_metrics(model)

    def _chosen(self) -> ModelInfo | None:
        rows = self.table.selectionModel().selectedRows()
        return self._rows[rows[0].row()] if rows else None

    def _enable_buttons(self) -> None:
        """Enable what makes sense for the chosen model; the others say why not."""
        model = self._chosen()
        active = self._models.is_active(model) if model is not None else ()
        no_model = "" if model is not None else tr("Choose a model first")
        works = tr("It works already") if model is not None and active == model.roles else ""
        shipped = tr("It came with the program") if model is not None and model.shipped else ""
        in_use = tr("It is in use; let another one work first") if active else ""
        for button, tip, reason in (
            (self.promote_button, tr("Let this model work"), no_model or works),
            (self.export_button, tr("Write this model to a file"), no_model),
            (self.delete_button, tr("Delete this model's files"), no_model or shipped or in_use),
        ):
            button.setEnabled(not reason)
            button.setToolTip(f"{tip}\n{reason}" if reason else tip)
        ways = self._models.ways_back()
        self.back_button.setEnabled(bool(ways))
        self.back_button.setToolTip("\n".join(map(_way, ways)) or tr(NOTHING_EARLIER))

    def _promote(self) -> None:
        model = self._chosen()
        if model is not None:
            self._models.promote(model)
            self.refresh()

    def _on_back_clicked(self) -> None:
        """Go back, or where there are several ways, ask which."""
        ways = self._models.ways_back()
        if len(ways) == 1:
            self._roll_back(ways[0])
            return
        menu = QMenu(self)
        menu.setObjectName("waysBack")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for way in ways:
            menu.addAction(_way(way)).triggered.connect(partial(self._roll_back, way))
        menu.popup(self.back_button.mapToGlobal(self.back_button.rect().topLeft()))

    def _roll_back(self, way: WayBack, *_checked: bool) -> None:
        self._models.roll_back(way.roles)
        self.refresh()

    def _delete(self) -> None:
        model = self._chosen()
        if model is not None:
            self._models.delete(model)
            self.refresh()

    def _export(self) -> None:
        model = self._chosen()
        if model is None:
            return
        dialog = QFileDialog(self, tr("Export model"), f"{model.name}.zip", tr(ARCHIVES))
        dialog.setObjectName("exportModel")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.fileSelected.connect(lambda path: self._models.export(model, Path(path)))
        dialog.open()

    def _import(self) -> None:
        dialog = QFileDialog(self, tr("Import model"), "", tr(ARCHIVES))
        dialog.setObjectName("importModel")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    def _take_file(self, path: str) -> None:
        self._models.import_file(Path(path))
        self.refresh()


def _way(way: WayBack) -> str:
    return tr(
        "{capitalize}: back from {name} to {name_2}",
        capitalize=roles_words(way.roles).capitalize(),
        name=way.active.name,
        name_2=way.earlier.name,
    )
