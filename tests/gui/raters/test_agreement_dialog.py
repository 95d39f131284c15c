"""Agreement in the window: pairs, all together, the spines behind a cell, tables, consensus."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from spinegui.domain.detection import Vote
from spinegui.domain.edits import Change, Edit
from spinegui.domain.ratings import Basis
from spinegui.gui.raters.agreement_dialog import AgreementDialog
from spinegui.storage.exchange.project_content import content_of
from tests.gui.raters.rated import rate, raters_of
from tests.gui.stories.driving import answer_file, opened
from tests.support.desks import choose, detection, document_of, is_open, is_saved, press

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
SESSION = "2026-03-01T00:00:00.000Z"


def opened_dialog(qtbot: QtBot, desk: Desk) -> AgreementDialog:
    choose(desk, "agreement")
    dialog = opened(qtbot, desk, AgreementDialog)
    qtbot.waitUntil(lambda: dialog.report is not None)
    return dialog


def click_cell(qtbot: QtBot, grid: QWidget, cell: tuple[str, str]) -> None:
    place = grid.rect_of(cell).center()  # type: ignore[attr-defined]
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)


def blind_votes(desk: Desk, spines: list[str], labels: tuple[str, ...]) -> None:
    changes = []
    for spine, label in zip(spines, labels, strict=True):
        before = detection(desk, spine)
        vote = Vote("ann", label, "2026-03-01T00:00:01.000Z", session=SESSION)
        changes.append(Change(before, before.with_vote(vote)))
    assert document_of(desk).push(Edit("Blind", tuple(changes)))


def test_that_the_matrix_shows_kappa_and_n_of_each_pair(qtbot: QtBot, shown: Desk) -> None:
    rate(shown)
    dialog = opened_dialog(qtbot, shown)
    assert dialog.matrix is not None
    assert dialog.matrix.rows == ("ann", "bob")
    found = dialog.report.of("ann", "bob")
    assert (found.n, found.observed) == (3, pytest.approx(1 / 3))
    assert dialog.report.of("ann", "ann") is None
    assert "ann and bob: κ" in dialog.matrix.words_of(("ann", "bob"))
    assert "no spine labelled by hand and again blind" in dialog.matrix.words_of(("bob", "bob"))
    assert "n = 3 spines on 1 image" in dialog.together.text()
    assert "too narrow" in dialog.method.text()
    dialog.close()


def test_that_a_cell_opens_its_spines_and_a_spine_its_place_in_the_image(
    qtbot: QtBot, shown: Desk
) -> None:
    spines = rate(shown)
    choose(shown, "next_image")
    dialog = opened_dialog(qtbot, shown)
    click_cell(qtbot, dialog.matrix, ("bob", "ann"))
    assert dialog.pair.title.text() == "bob down, ann across"
    click_cell(qtbot, dialog.pair.matrix, ("filopodia", "stubby"))
    assert "1 spine: bob says filopodia, ann says stubby" in dialog.pair.hint.text()
    (spot,) = dialog.pair.spots.spots
    assert spot.detection_id == spines[1]
    place = dialog.pair.spots.visualItemRect(dialog.pair.spots.item(0)).center()
    qtbot.mouseClick(dialog.pair.spots.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.workspace.selection.ids == (spines[1],)
    assert shown.workspace.image_id == detection(shown, spines[1]).image_id
    dialog.close()


def test_that_it_is_reached_and_read_by_keys(qtbot: QtBot, shown: Desk) -> None:
    rate(shown)
    press(qtbot, shown, Qt.Key.Key_G, CTRL_SHIFT)
    dialog = opened(qtbot, shown, AgreementDialog)
    qtbot.waitUntil(lambda: dialog.matrix is not None)
    dialog.matrix.choose(None)
    dialog.matrix.setFocus()
    qtbot.keyClick(dialog.matrix, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.matrix, Qt.Key.Key_Return)
    assert dialog.matrix.chosen == ("bob", "ann")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert raters_of(shown).agreement.dialog is None


def test_that_one_s_own_agreement_stands_on_the_diagonal(qtbot: QtBot, shown: Desk) -> None:
    spines = rate(shown)
    blind_votes(shown, spines, ("thin", "stubby", "stubby"))
    dialog = opened_dialog(qtbot, shown)
    found = dialog.report.of("ann", "ann")
    assert (found.n, found.observed) == (3, pytest.approx(2 / 3))
    click_cell(qtbot, dialog.matrix, ("ann", "ann"))
    assert dialog.pair.title.text() == "ann before down, ann blind across"
    assert dialog.pair.matrix.confusion.count("thin", "stubby") == 1
    dialog.close()


def test_that_which_labels_count_is_a_choice(qtbot: QtBot, shown: Desk) -> None:
    spines = rate(shown, {"ann": ("thin", "unsure", "thin"), "bob": ("thin", "thin", "thin")})
    blind_votes(shown, spines, ("thin", "thin", "thin"))
    dialog = opened_dialog(qtbot, shown)

    def n() -> int:
        found = dialog.report.of("ann", "bob")
        return found.n if found else 0

    qtbot.waitUntil(lambda: n() == 3)
    dialog.basis.setCurrentIndex(dialog.basis.findData(Basis.BLIND))
    qtbot.waitUntil(lambda: dialog.report.basis is Basis.BLIND)
    assert n() == 0, "bob gave no label blind"
    dialog.basis.setCurrentIndex(dialog.basis.findData(Basis.HAND))
    dialog.unsure.setChecked(True)
    qtbot.waitUntil(lambda: dialog.report.counts_unsure and dialog.report.basis is Basis.HAND)
    assert dialog.report.within["ann"].n == 3, "unsure before, thin again"
    dialog.close()


def test_that_figures_follow_what_is_labelled_meanwhile(qtbot: QtBot, shown: Desk) -> None:
    spines = rate(shown)
    dialog = opened_dialog(qtbot, shown)
    shown.workspace.selection.replace([spines[1]])
    choose(shown, "label_4")
    qtbot.waitUntil(lambda: dialog.report.of("ann", "bob").observed == pytest.approx(2 / 3))
    dialog.close()


def test_that_figures_are_copied_and_saved_as_a_table(
    qtbot: QtBot, shown: Desk, tmp_path: Path
) -> None:
    rate(shown)
    dialog = opened_dialog(qtbot, shown)
    dialog.copy_button.click()
    copied = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert copied[0]["measure"] == "cohen_kappa"
    dialog.save_button.click()
    answer_file(qtbot, shown, "agreement_file", tmp_path / "out.csv")
    qtbot.waitUntil((tmp_path / "out.csv").exists)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == copied
    dialog.close()


def test_that_with_one_rater_it_says_what_is_missing(qtbot: QtBot, shown: Desk) -> None:
    rate(shown, {"ann": ("thin",)})
    dialog = opened_dialog(qtbot, shown)
    assert dialog._pages.currentIndex() == 1
    assert not dialog.save_button.isEnabled()
    assert dialog.save_button.toolTip()
    dialog.close()


def test_that_a_consensus_is_shown_exported_and_kept_and_changes_no_vote(
    qtbot: QtBot, shown: Desk
) -> None:
    spines = rate(shown)
    before = document_of(shown).recorded
    assert "Consensus" not in [c.title for c in shown.spines.model.columns]
    dialog = opened_dialog(qtbot, shown)
    assert dialog.consensus.outcome.text() == "Reached on 1 of 3 labelled spines"
    dialog.consensus.applied.click()
    columns = {c.title: c for c in shown.spines.model.columns}
    said = [columns["Consensus"].text(detection(shown, spine)) for spine in spines]
    assert said == ["Thin 2/2", "No consensus 1/2", "No consensus 1/2"]
    assert document_of(shown).recorded is before
    dialog.close()
    qtbot.waitUntil(lambda: is_saved(shown))
    assert content_of(document_of(shown).project).quorum.votes == 2
    path = document_of(shown).project.path
    shown.open_project.close_current()
    shown.open([path])
    qtbot.waitUntil(lambda: is_open(shown, path))
    assert "Consensus" in [c.title for c in shown.spines.model.columns]
    dialog = opened_dialog(qtbot, shown)
    assert dialog.consensus.applied.isChecked()
    dialog.consensus.applied.click()
    assert "Consensus" not in [c.title for c in shown.spines.model.columns]
    dialog.close()
