"""Before and after a real, tiny training: what is read of it, and what the dialog says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTableWidget, QWidget

from spinegui.domain.bootstrap import Estimate
from spinegui.gui.background import CancelledError, Task
from spinegui.gui.comparison_data import Compared, read_comparison
from spinegui.gui.dialogs.comparison import ComparisonDialog
from spinegui.gui.dialogs.spot_list import SpotList
from spinegui.gui.dialogs.verdict import describe_change, verdict
from spinegui.gui.spots import cut_pictures
from spinegui.jobs.events import Done
from spinegui.jobs.results import ResultError
from spinegui.reports.evaluation import EvaluationError
from tests.support.trainings import train_job, training_set
from tests.support.workshop import PATIENCE_S, SPINES_XY, Heard, Workshop, open_workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

LETTERS = "abcd"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    yield from open_workshop(tmp_path_factory.mktemp("workshop"))


def trained(workshop: Workshop, folder: Path) -> Path:
    ending = workshop.engine().submit(folder, Heard()).wait(PATIENCE_S)
    assert isinstance(ending, Done), ending
    return folder


@pytest.fixture(scope="module")
def crossed(workshop: Workshop) -> Path:
    """A finished training without held-out images, from a base that errs."""
    training = training_set(workshop, *(f"crossed-{letter}.tif" for letter in LETTERS))
    base = str(workshop.model("other"))
    return trained(workshop, train_job(workshop, base, training=training, folds=2))


@pytest.fixture(scope="module")
def held_out(workshop: Workshop) -> Path:
    validation = training_set(workshop, *(f"held-{letter}.tif" for letter in LETTERS))
    base = str(workshop.model("other"))
    return trained(workshop, train_job(workshop, base, validation=validation))


def read(folder: Path) -> Compared:
    found = read_comparison(folder, Task("", lambda _: None))
    assert found is not None
    return found


def cut_at_once(spots: Any, then: Any) -> None:
    then((spots, cut_pictures(spots, Task("", lambda _: None))))


@pytest.fixture
def dialog(qtbot: QtBot, crossed: Path) -> Iterator[ComparisonDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    names = ("classical", "retrained-1")
    made = ComparisonDialog(parent, names, read(crossed), cut_at_once)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["crossed", "held_out"])
def test_that_every_difference_is_a_spot_with_its_picture(
    kind: str, request: pytest.FixtureRequest, workshop: Workshop
) -> None:
    compared = read(request.getfixturevalue(kind))
    # The base misses the second dot, finds one in the corner and labels the two others otherwise.
    assert [len(g) for g in (compared.gained, compared.lost, compared.relabelled)] == [4, 4, 8]
    names = {spot.file.name for spot in compared.gained}
    assert names == {f"{kind.partition('_')[0]}-{letter}.tif" for letter in LETTERS}
    pictures = cut_pictures(compared.gained, Task("", lambda _: None))
    for spot, picture in zip(compared.gained, pictures, strict=True):
        x, y = SPINES_XY[1]
        assert spot.file.parent == workshop.folder
        assert spot.box.center == (x + 0.5, y + 0.5)
        assert "a spine" in spot.caption
        assert min(picture.grey.shape) >= spot.box.width
        assert picture.grey.max() > picture.grey.min()
        x0, y0, x1, y1 = picture.box
        # The dot is in the middle of the box that is drawn on the picture.
        assert picture.grey[int((y0 + y1) / 2), int((x0 + x1) / 2)] == picture.grey.max()
    assert all("not marked" in spot.caption for spot in compared.lost)


def test_that_folds_and_what_the_base_knew_come_from_the_training(
    crossed: Path, held_out: Path, workshop: Workshop
) -> None:
    assert (read(crossed).folds, read(crossed).n_seen) == (2, 0)
    assert read(held_out).folds == 0
    training = training_set(workshop, "seen-a.tif", "seen-b.tif")
    first = trained(workshop, train_job(workshop, "rogue", training=training))
    base = str(first / "result" / "model")
    again = trained(workshop, train_job(workshop, base, training=training, folds=2))
    assert read(again).n_seen == 2
    assert "The old model was trained on 2 of these images" in verdict(read(again))


@pytest.mark.parametrize("folds", [0, 2])
def test_that_a_model_made_afresh_is_compared_with_the_one_that_works(
    workshop: Workshop, folds: int
) -> None:
    letters = training_set(workshop, *(f"afresh-{letter}.tif" for letter in LETTERS))
    sets = {"training": letters, "folds": folds} if folds else {"validation": letters}
    against = str(workshop.model("other"))
    folder = trained(workshop, train_job(workshop, "rogue", against=against, **sets))
    assert len(read(folder).gained) == 4


def test_that_a_training_without_anything_to_measure_on_has_no_comparison(
    workshop: Workshop,
) -> None:
    folder = trained(workshop, train_job(workshop, "rogue"))
    assert read_comparison(folder, Task("", lambda _: None)) is None
    assert "Not measured" in verdict(None)


def test_that_a_cross_validation_without_result_says_why(workshop: Workshop) -> None:
    one = training_set(workshop, "one.tif")
    folder = trained(workshop, train_job(workshop, "rogue", training=one, folds=2))
    with pytest.raises(EvaluationError, match="two groups or more"):
        read(folder)


def test_that_figures_that_cannot_be_read_are_said(workshop: Workshop) -> None:
    folder = train_job(workshop, "rogue", folds=2)
    (folder / "result").mkdir()
    (folder / "result" / "metrics.json").write_text('{"validation": [', encoding="utf-8")
    with pytest.raises(ResultError, match="cannot be read"):
        read(folder)


def test_that_cutting_pictures_can_be_cancelled(crossed: Path) -> None:
    task: Task[Compared | None] = Task("", lambda _: None)
    task.cancel()
    with pytest.raises(CancelledError):
        read_comparison(crossed, task)
    pictures: Task[Any] = Task("", lambda _: None)
    pictures.cancel()
    with pytest.raises(CancelledError):
        cut_pictures(read(crossed).gained, pictures)


def test_that_the_dialog_says_how_it_was_measured(dialog: ComparisonDialog, held_out: Path) -> None:
    text = dialog.verdict.text()
    assert text.startswith(
        "Better by cross-validation over 4 images with 8 spines: F1 rose by 0.40."
    )
    assert "Class accuracy" in text
    assert "one of 2 models trained without it" in text
    assert "The old model was trained" not in text
    assert verdict(read(held_out)) == (
        "Better on 4 held-out images with 8 spines: F1 rose by 0.40. Class accuracy rose by 0.50."
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Estimate(-0.25, -0.4, -0.1, 9, 3), "Worse on 3 held-out images with 9 spines"),
        (Estimate(0.25, -0.1, 0.4, 9, 3), "No clear difference"),
        (Estimate(0.25, None, None, 9, 1), "Too little to say whether it is better"),
        (Estimate(None, None, None, 0, 3), "Too little to say whether it is better"),
    ],
)
def test_that_the_verdict_claims_no_more_than_the_interval(
    held_out: Path, change: Estimate, words: str
) -> None:
    compared = read(held_out)
    comparison = replace(compared.comparison, changes={"f1": change})
    assert verdict(replace(compared, comparison=comparison)).startswith(words)


def test_that_the_figures_of_both_stand_side_by_side(dialog: ComparisonDialog) -> None:
    table = dialog.findChild(QTableWidget)
    assert table is not None
    rows = {
        table.item(row, 0).text(): [table.item(row, column).text() for column in (1, 2, 3)]
        for row in range(table.rowCount())
    }
    assert rows["F1 at score 0.5"] == ["0.400", "0.800", "+0.400  (+0.400 to +0.400)"]
    assert rows["Recall"][:2] == ["0.500", "1.000"]
    assert "Class accuracy" in rows
    headline = dialog.findChild(QLabel, "headline")
    assert headline is not None
    assert headline.text() == "retrained-1 against classical"


def tab(dialog: ComparisonDialog, title: str) -> QWidget:
    """Open a tab by its words, with a click."""
    titles = [dialog.tabs.tabText(i) for i in range(dialog.tabs.count())]
    bar = dialog.tabs.tabBar()
    at = bar.tabRect(titles.index(title)).center()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
    return dialog.tabs.currentWidget()


def test_that_a_click_on_a_difference_asks_to_see_it(
    dialog: ComparisonDialog, qtbot: QtBot
) -> None:
    titles = [dialog.tabs.tabText(i) for i in range(dialog.tabs.count())]
    differences = ["Gained (4)", "Lost (4)", "Relabelled (8)"]
    assert titles == ["Figures", *differences, "Confusion", "Curves"]
    shown = tab(dialog, "Lost (4)")
    assert isinstance(shown, SpotList)
    with qtbot.waitSignal(dialog.spot_chosen) as asked:
        place = shown.visualItemRect(shown.item(2)).center()
        qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args[0].file.name == "crossed-c.tif"
    assert dialog.isVisible()


def test_that_enter_on_a_difference_shows_it_and_decides_nothing(
    dialog: ComparisonDialog, qtbot: QtBot
) -> None:
    shown = tab(dialog, "Gained (4)")
    assert isinstance(shown, SpotList)
    shown.setFocus()
    shown.setCurrentRow(1)
    asked: list[Any] = []
    dialog.spot_chosen.connect(asked.append)
    with qtbot.assertNotEmitted(dialog.decided):
        qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert [spot.file.name for spot in asked] == ["crossed-b.tif"]
    assert dialog.isVisible()


def test_that_captions_say_what_changed_and_what_people_said(crossed: Path) -> None:
    compared = read(crossed)
    assert compared.gained[0].caption == "1.00, a spine"
    assert compared.lost[0].caption == "1.00, not marked"
    assert {spot.caption for spot in compared.relabelled} == {
        "thin → mushroom\nis mushroom", "thin → mushroom"
    }  # fmt: skip


@pytest.mark.parametrize(("button", "answer"), [("promote_button", True), ("keep_button", False)])
def test_that_deciding_answers_and_closes(
    dialog: ComparisonDialog, qtbot: QtBot, button: str, answer: bool
) -> None:
    with qtbot.waitSignal(dialog.decided) as decided:
        qtbot.mouseClick(getattr(dialog, button), Qt.MouseButton.LeftButton)
    assert decided.args == [answer]
    assert not dialog.isVisible()


def test_that_deciding_later_decides_nothing(dialog: ComparisonDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.decided):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_that_a_change_without_value_is_not_measured() -> None:
    assert describe_change(Estimate(None, None, None, 0, 0)) == "not measured"
    assert describe_change(Estimate(0.5, None, None, 3, 1)) == "+0.500"
