"""A blind session in the window: no label is seen anywhere, and what is said is kept as blind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from spinegui.domain.blind import BlindSession
from spinegui.domain.detection import ReviewState
from spinegui.domain.edits import Change, Edit
from spinegui.gui.raters.agreement_dialog import AgreementDialog
from spinegui.gui.raters.blind_sheet import BlindSheet
from tests.gui.raters.rated import AT, rate, raters_of, texts_shown
from tests.gui.stories import driving
from tests.support.desks import (
    banner_button,
    choose,
    detection,
    document_of,
    is_open,
    is_saved,
    predictions,
    press,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def begin(qtbot: QtBot, desk: Desk, *, hides_names: bool = False) -> None:
    driving.choose(desk, "Review", "Start blind session…")
    sheet = driving.opened(qtbot, desk, BlindSheet)
    sheet.names.setChecked(hides_names)
    sheet.accept()
    assert document_of(desk).blind is not None


def label(qtbot: QtBot, desk: Desk, spine: str, key: Qt.Key) -> None:
    desk.workspace.selection.replace([spine])
    desk.canvas.setFocus()
    press(qtbot, desk, key)


def taint(desk: Desk, spines: list[str]) -> None:
    """Let everybody, the model included, have said words that stand nowhere else in the window."""
    changes = []
    for spine in spines:
        before = detection(desk, spine)
        votes = tuple(replace(v, label=f"tainted_{v.rater}") for v in before.votes)
        scores = tuple((f"tainted_model_{label}", p) for label, p in before.class_scores)
        changes.append(Change(before, replace(before, votes=votes, class_scores=scores)))
    assert document_of(desk).push(Edit("Votes", tuple(changes)))


def taints_told(qtbot: QtBot, desk: Desk, spines: list[str]) -> set[str]:
    """The texts of the window that tell what was said, with each spine selected once."""
    told = set()
    for spine in spines:
        desk.workspace.selection.replace([spine])
        qtbot.wait(1)
        told |= {text for text in texts_shown(desk) if "tainted" in text.lower()}
    return told


@pytest.mark.parametrize("page", ["image", "gallery"])
def test_that_blind_no_widget_tells_what_anybody_said(qtbot: QtBot, shown: Desk, page: str) -> None:
    spines = rate(shown)
    taint(shown, spines)
    for action in ("queue", "history", *(["gallery"] if page == "gallery" else [])):
        choose(shown, action)
    assert any("bob: tainted bob" in text for text in taints_told(qtbot, shown, spines))
    begin(qtbot, shown)
    assert taints_told(qtbot, shown, spines) == set()
    driving.choose(shown, "Review", "End blind session")
    assert taints_told(qtbot, shown, spines), "what was hidden is there again"


def test_that_blind_no_letter_and_no_colour_tells_a_class(qtbot: QtBot, shown: Desk) -> None:
    spines = rate(shown)
    shown.workspace.selection.replace(spines[:1])
    assert set(shown.canvas.scene.overlay.arrays.label) != {0}
    begin(qtbot, shown)
    for spine in spines:
        shown.workspace.selection.replace([spine])
        assert set(shown.canvas.scene.overlay.arrays.label) == {0}
        buttons = shown.label._buttons.values()
        assert {b.isChecked() for b in buttons} == {False}
        assert {b.accessibleDescription() for b in buttons} == {""}
    model = shown.spines.model
    icons = [model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in range(3)]
    assert icons == [None] * 3


def test_that_what_is_said_blind_is_seen_kept_apart_and_marked(qtbot: QtBot, shown: Desk) -> None:
    spine, *_ = rate(shown)
    begin(qtbot, shown)
    label(qtbot, shown, spine, Qt.Key.Key_3)
    assert detection(shown, spine).label == "stubby"
    recorded = document_of(shown).recorded_annotation(shown.workspace.image_id).detections[spine]
    assert [(v.rater, v.label, v.is_blind) for v in recorded.votes] == [
        ("ann", "thin", False), ("bob", "thin", False), ("ann", "stubby", True),
    ]  # fmt: skip
    assert recorded.class_scores, "the model's opinion is hidden, not lost"
    choose(shown, "undo")
    assert detection(shown, spine).label is None
    assert not shown.actions["undo"].isEnabled(), "no step back behind the session's beginning"
    choose(shown, "redo")
    driving.choose(shown, "Review", "End blind session")
    assert detection(shown, spine).votes == recorded.votes
    qtbot.waitUntil(lambda: is_saved(shown))
    assert document_of(shown).project.verify().result().is_whole


def test_that_every_spine_waits_again_and_space_says_nothing_about_the_class(
    qtbot: QtBot, shown: Desk
) -> None:
    choose(shown, "accept_all")
    spines = [d.id for d in shown.workspace.shown_detections()]
    begin(qtbot, shown)
    assert shown.spines.summary.text() == f"{len(spines)} spines, 0 labelled"
    label(qtbot, shown, spines[0], Qt.Key.Key_1)
    assert shown.spines.summary.text() == f"{len(spines)} spines, 1 labelled"
    press(qtbot, shown, Qt.Key.Key_Space)
    assert shown.workspace.selection.ids == (spines[1],), "on to the next without a label"
    press(qtbot, shown, Qt.Key.Key_Space)
    recorded = document_of(shown).recorded_annotation(shown.workspace.image_id)
    assert [v.is_blind for v in recorded.detections[spines[1]].votes] == [False]


def test_that_a_prediction_accepted_blind_has_no_vote(qtbot: QtBot, shown: Desk) -> None:
    spine = predictions(shown)[0]
    begin(qtbot, shown)
    label(qtbot, shown, spine.id, Qt.Key.Key_Space)
    found = document_of(shown).recorded_annotation(shown.workspace.image_id).detections[spine.id]
    assert (found.state, found.votes) == (ReviewState.ACCEPTED, ())
    assert found.class_scores == spine.class_scores


def test_that_a_banner_lasts_and_ends_it_and_the_end_says_how_much_was_labelled(
    qtbot: QtBot, shown: Desk
) -> None:
    first, second, _ = rate(shown)
    begin(qtbot, shown)
    assert shown.window.banners.texts()["blind"] == "Blind session of ann: labels hidden"
    assert raters_of(shown).button.text().startswith("ann, blind")
    assert not shown.actions["agreement"].isEnabled()
    for spine in (first, second):
        label(qtbot, shown, spine, Qt.Key.Key_2)
    banner_button(shown, "End session").click()
    assert "blind" not in shown.window.banners.texts()
    toast = shown.window._toast
    assert toast is not None
    assert toast._text.text() == "Blind session ended: 2 spines labelled."
    toast._button.click()
    dialog = driving.opened(qtbot, shown, AgreementDialog)
    dialog.close()


def test_that_names_and_order_are_hidden_where_wished(qtbot: QtBot, shown: Desk) -> None:
    names = [Path(ref.path).name for ref in document_of(shown).recorded_images.values()]
    project = document_of(shown).project.path.name
    begin(qtbot, shown, hides_names=True)
    listed = [shown.images.model.index(row).data() for row in range(3)]
    assert listed == ["Image 1", "Image 2", "Image 3"]
    for image_id in shown.workspace.image_ids:
        shown.workspace.show_image(image_id)
        told = {t.replace(project, "") for t in texts_shown(shown)}
        assert not [t for t in told if any(name in t for name in names)]
    qtbot.waitUntil(lambda: shown.display.plane is not None)  # the file is read all the same
    choose(shown, "blind_end")
    assert [shown.images.model.index(row).data() for row in range(3)] == names


def test_that_a_session_outlasts_the_window(
    qtbot: QtBot, shown: Desk, images: tuple[Path, ...]
) -> None:
    spine, *_ = rate(shown)
    begin(qtbot, shown)
    label(qtbot, shown, spine, Qt.Key.Key_4)
    session = document_of(shown).blind
    path = document_of(shown).project.path
    shown.open_project.close_current()
    assert "blind" not in shown.window.banners.texts()
    shown.open([path])
    qtbot.waitUntil(lambda: is_open(shown, path))
    assert document_of(shown).blind == session
    assert detection(shown, spine).label == "filopodia"
    others = [d for d in shown.workspace.shown_detections() if d.id != spine]
    assert {d.label for d in others} == {None}
    assert "blind" in shown.window.banners.texts()


def test_that_the_session_is_one_rater_s_and_waits_for_them(shown: Desk) -> None:
    rate(shown)
    document = document_of(shown)
    document.set_blind(BlindSession("ann", AT))
    raters_of(shown).people.switch_to("bob")
    assert document.blind is None
    assert "blind" not in shown.window.banners.texts()
    raters_of(shown).people.switch_to("ann")
    assert document.blind == BlindSession("ann", AT)


def test_that_training_and_detecting_see_what_is_recorded(shown: Desk) -> None:
    from spinegui.gui.flows.plan_training import content_of

    spines = rate(shown)
    before = content_of(document_of(shown))
    document_of(shown).set_blind(BlindSession("ann", AT, hides_names=True))
    after = content_of(document_of(shown))
    assert after.annotations == before.annotations
    assert after.images == before.images
    seen = [a.detections.get(spines[0]) for a in document_of(shown).annotations.values()]
    assert {d.label for d in seen if d is not None} == {None}


def test_that_dialogs_that_may_show_labels_close_when_it_begins(qtbot: QtBot, shown: Desk) -> None:
    rate(shown)
    choose(shown, "agreement")
    driving.opened(qtbot, shown, AgreementDialog)
    document_of(shown).set_blind(BlindSession("ann", AT))
    driving.gone(qtbot, shown, AgreementDialog)
