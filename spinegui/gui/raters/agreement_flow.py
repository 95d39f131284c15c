"""Opens the agreement, keeps it true while people go on labelling, hands it on as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from spinegui.domain.rater_report import RaterReport, report_on
from spinegui.gui.language import tr
from spinegui.gui.picture_cutter import PictureCutter
from spinegui.gui.raters.agreement_dialog import AgreementDialog
from spinegui.gui.raters.consensus_strip import ConsensusStrip
from spinegui.storage.exchange.agreement_table import agreement_text
from spinegui.storage.files import write_whole
from spinegui.storage.quorum_setting import QUORUM_SETTING, quorum_to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.domain.consensus import Quorum
    from spinegui.domain.detection import Detection
    from spinegui.gui.background import Task
    from spinegui.gui.document import Document
    from spinegui.gui.main_window import MainWindow
    from spinegui.gui.notices import Notices
    from spinegui.gui.raters.rater_spots import SpineSpot
    from spinegui.gui.workspace import Workspace

SETTLE_MS = 400
"""So long nothing may have changed before the figures are computed again."""


class ShowAgreement(QObject):
    """One dialog at a time, of the open document."""

    switch_requested = Signal()

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        notices: Notices,
        reveal: Callable[[Detection], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._notices = notices
        self._reveal = reveal
        self._cut = PictureCutter(workspace, notices)
        self.dialog: AgreementDialog | None = None
        self._soon = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._soon.timeout.connect(self._compute)
        workspace.edited.connect(lambda _edit: self._soon.start())
        workspace.document_changed.connect(lambda _document: self.close())

    def run(self) -> None:
        """Open the dialog, or bring it to the front."""
        document = self._workspace.document
        if document is None or document.blind is not None:
            return
        if self.dialog is None:
            self._open(document).show()
            self._compute()
        else:
            self.dialog.raise_()
            self.dialog.activateWindow()

    def close(self) -> None:
        """Close the dialog, as with the project it is about."""
        if self.dialog is not None:
            self.dialog.close()

    def _open(self, document: Document) -> AgreementDialog:
        strip = ConsensusStrip(self._window, document.quorum, is_read_only=document.is_read_only)
        dialog = self.dialog = AgreementDialog(self._window, document, self._cut, strip)
        strip.quorum_chosen.connect(self._apply_quorum)
        dialog.choice_changed.connect(self._compute)
        dialog.spot_chosen.connect(self._go_to)
        dialog.copy_requested.connect(self._copy)
        dialog.save_requested.connect(self._ask_file)
        dialog.switch_requested.connect(self.switch_requested)
        dialog.finished.connect(self._on_closed)
        return dialog

    def _on_closed(self) -> None:
        self.dialog = None

    def _compute(self) -> None:
        """Compute beside the window: resampling takes a moment with thousands of spines."""
        document, dialog = self._workspace.document, self.dialog
        if document is None or dialog is None:
            return
        recorded, label_ids = document.recorded, document.label_set.ids
        basis, unsure = dialog.chosen_basis, dialog.unsure.isChecked()

        def work(task: Task[RaterReport]) -> RaterReport:
            task.step(0, 0)
            return report_on(recorded, label_ids, basis=basis, counts_unsure=unsure)

        def show(report: RaterReport) -> None:
            is_asked = (dialog.chosen_basis, dialog.unsure.isChecked()) == (basis, unsure)
            if dialog is self.dialog and is_asked:
                dialog.show_report(report)

        self._workspace.background.start(
            tr("Comparing the raters"),
            work,
            lambda report: show(report) if dialog is self.dialog else None,
            lambda error: self._notices.error(tr("The raters could not be compared"), str(error)),
        )
        self._say_outcome(document)

    def _say_outcome(self, document: Document) -> None:
        if self.dialog is not None:
            spines = (d for a in document.recorded.values() for d in a.detections.values())
            self.dialog.consensus.show_outcome(spines)

    def _apply_quorum(self, quorum: Quorum | None) -> None:
        document = self._workspace.document
        if document is None or document.is_read_only:
            return
        if document.quorum != quorum:
            document.quorum = quorum
            document.keep(document.project.set_setting(QUORUM_SETTING, quorum_to_json(quorum)))
            document.labels_changed.emit()
        self._say_outcome(document)

    def _go_to(self, spot: SpineSpot) -> None:
        document = self._workspace.document
        found = document.annotation(spot.image_id).detections if document else {}
        detection = found.get(spot.detection_id)
        if detection is not None:
            self._workspace.show_detection(detection)
            self._reveal(detection)

    # -- handing on --------------------------------------------------------------------------

    def _text(self) -> str:
        report = self.dialog.report if self.dialog is not None else None
        return agreement_text(report) if report is not None else ""

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text())
        self._notices.toast(tr("The figures are in the clipboard, as a table."))

    def _ask_file(self) -> None:
        document = self._workspace.document
        if document is None or self.dialog is None:
            return
        folder = self._workspace.settings.last_folder
        chooser = QFileDialog(self.dialog, tr("Save agreement"), folder, tr("Table (*.csv)"))
        chooser.setObjectName("agreement_file")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.selectFile(f"{document.project.path.stem}-agreement.csv")
        chooser.fileSelected.connect(lambda file: self._save(Path(file)))
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def _save(self, path: Path) -> None:
        try:
            # With a byte order mark, without which a spreadsheet garbles names.
            write_whole(path, "\ufeff" + self._text(), overwrite=True)
        except OSError as err:
            self._notices.error(
                tr("The table could not be written"),
                tr("{error}. Choose another folder.", error=err),
            )
        else:
            self._notices.toast(tr("Agreement saved as {name}.", name=path.name))
