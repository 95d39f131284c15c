"""One verb for many spines, on one image or on all: counted and shown first, then one edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from spinegui.domain.conditions import Ground, matching
from spinegui.domain.detection import Detection, ReviewState
from spinegui.gui.dialogs.spot_list import MOST_SHOWN
from spinegui.gui.editing.batch_sheet import BatchSheet
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.language import ntr, tr
from spinegui.gui.picture_cutter import PictureCutter
from spinegui.gui.spots import Spot

if TYPE_CHECKING:
    from spinegui.gui.desk import Desk


class BatchEdit(QObject):
    """Opens the sheet, keeps what it shows true, and does what it says as one step of undo."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._workspace = desk.workspace
        self._cut = PictureCutter(desk.workspace, desk.notices)
        self._sheet: BatchSheet | None = None
        self._found: list[Detection] = []
        self._spots: dict[Spot, Detection] = {}
        desk.workspace.document_changed.connect(self._close)
        desk.workspace.edited.connect(self._refresh)
        desk.workspace.image_changed.connect(self._refresh)

    def open(self) -> None:
        """Show the sheet, or bring it to the front."""
        document, image = self._workspace.document, self._workspace.image
        if document is None or image is None:
            return
        if self._sheet is not None:
            self._sheet.raise_()
        else:
            is_calibrated = document.pixel_size(image.id) is not None
            sheet = BatchSheet(
                self._desk.window, document.label_set, self._cut, is_calibrated=is_calibrated
            )
            sheet.changed.connect(self._refresh)
            sheet.finished.connect(self._on_closed)
            sheet.spot_chosen.connect(self._on_spot_chosen)
            sheet.rejected_all.connect(self._reject)
            sheet.accepted_all.connect(self._accept)
            sheet.labelled_all.connect(self._label)
            self._sheet = sheet
            self._refresh()
        self._sheet.show()
        self._sheet.activateWindow()

    # -- what is meant -----------------------------------------------------------------------

    def _refresh(self, _cause: object = None) -> None:
        document, sheet = self._workspace.document, self._sheet
        if document is None or sheet is None:
            return
        here = self._workspace.image_id
        ids = tuple(document.images) if sheet.is_on_all else (here,)
        self._found = []
        for image_id in ids:
            ground = Ground(document.recorded_images[image_id], document.pixel_size(image_id))
            self._found += matching(document.annotation(image_id), ground, sheet.conditions)
        self._spots = {self._spot(d): d for d in self._found[:MOST_SHOWN]}
        n_images = len({d.image_id for d in self._found})
        sheet.show_found(tuple(self._spots), len(self._found), n_images)
        self._desk.canvas.set_marked(tuple(d.box for d in self._found if d.image_id == here))

    def _spot(self, detection: Detection) -> Spot:
        document = self._workspace.document
        assert document is not None
        found = document.label_set.find(detection.label)
        score = "" if detection.score is None else f" {detection.score:.2f}"
        return Spot(
            Path(document.recorded_images[detection.image_id].path),
            detection.box,
            z=detection.z,
            channel=document.annotation(detection.image_id).channel,
            caption=f"{found.name if found else '–'}{score}",
            tip=document.images[detection.image_id].name,
        )

    def _on_spot_chosen(self, spot: Spot) -> None:
        detection = self._spots.get(spot)
        if detection is not None:
            self._workspace.show_detection(detection)
            self._desk.display.reveal(detection)

    def _on_closed(self, _result: int) -> None:
        self._sheet = None
        self._found, self._spots = [], {}
        self._desk.canvas.set_marked(())

    def _close(self, _cause: object = None) -> None:
        if self._sheet is not None:
            self._sheet.close()

    # -- what is done ------------------------------------------------------------------------

    def _reject(self) -> None:
        found = self._found
        if self._desk.review.reject(found):
            self._say(ntr("{n} spine rejected.", "{n} spines rejected.", len(found)))

    def _accept(self) -> None:
        undecided = [d for d in self._found if d.state is ReviewState.PREDICTED]
        if self._desk.review.accept(undecided):
            self._say(ntr("{n} spine accepted.", "{n} spines accepted.", len(undecided)))
        elif not undecided:
            self._desk.notices.toast(tr("These spines are all accepted already."))

    def _label(self, label: str) -> None:
        found = self._found
        if self._desk.review.label(found, label):
            self._say(ntr("{n} spine labelled.", "{n} spines labelled.", len(found)))

    def _say(self, text: str) -> None:
        if self._workspace.document is not None:
            offer_undo(self._workspace.document, self._desk.notices, text)
