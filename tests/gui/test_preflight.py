"""What the dialog before a training says, and what can be chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from spinegui.domain.geometry import Box
from spinegui.domain.split import Part
from spinegui.engine.local import LocalEngine
from spinegui.gui.dialogs.preflight import Preflight, ask_preflight, facts, split_facts
from spinegui.gui.engine_bridge import EngineBridge
from spinegui.gui.trainers import Trainers
from spinegui.gui.training_plan import Plan, RolePlan, SplitImage, Start
from spinegui.storage.model_manifest import ModelManifest
from spinegui.storage.model_store import ModelInfo
from spinegui.storage.training_set import LabelledBox, TrainingImage, TrainingSet
from tests.support.interpreters import interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from spinegui.gui.dialogs.role_row import RoleRow

Make = Callable[..., Preflight]
BOTH = ("detector", "classifier")
PATIENCE_MS = 60_000


def reviewed(*names: str) -> TrainingSet:
    spine = LabelledBox(Box(0, 0, 9, 9), label="thin")
    return TrainingSet(
        tuple(
            TrainingImage(
                Path(name), name, stack=False, pixel_size=None, positives=(spine,), group=name
            )
            for name in names
        )
    )


def model(backend: str = "classical", roles: tuple[str, ...] = BOTH) -> ModelInfo:
    manifest = ModelManifest(f"my-{backend}", backend, roles)
    return ModelInfo(Path(backend), manifest, shipped=True)


def role_plan(of: ModelInfo, name: str = "new") -> RolePlan:
    return RolePlan(of, of.roles, name, Start(of, of.roles))


def plan(training: TrainingSet, held_out: TrainingSet | None = None, *models: ModelInfo) -> Plan:
    split = [SplitImage(i.file.name, Part.TRAIN, is_reviewed=True) for i in training.images]
    kept = held_out.images if held_out else ()
    split += [SplitImage(i.file.name, Part.TEST, is_reviewed=True) for i in kept]
    split += [SplitImage(f"new-{i}", Part.TRAIN, is_reviewed=False) for i in range(3)]
    roles = tuple(role_plan(each) for each in models or (model(),))
    return Plan(training, held_out, tuple(split), roles)


@pytest.fixture
def trainers(qtbot: QtBot, tmp_path: Path) -> Iterator[Trainers]:
    """The program's own Python trains only `classical`; another one YOLO-NAS too."""
    poor = interpreter(tmp_path, "poor")
    rich = interpreter(tmp_path, "rich", able=("yolo_nas",))
    engine = LocalEngine(str(poor), interpreters={"yolo_nas": str(rich)})
    bridge = EngineBridge(engine)
    made = Trainers(bridge)
    yield made
    made.close()
    engine.shutdown()


def no_pace(_backend: str, _epochs: int) -> float | None:
    return None


@pytest.fixture
def shown(qtbot: QtBot, trainers: Trainers) -> Iterator[Make]:
    parent = QWidget()
    qtbot.addWidget(parent)

    def make(of: Plan, pace: Callable[[str, int], float | None] = no_pace) -> Preflight:
        dialog = Preflight(parent, of, trainers, pace)
        dialog.show()
        return dialog

    yield make
    parent.close()


def asked(qtbot: QtBot, trainers: Trainers, *backends: str) -> None:
    """Wait until the interpreters of these backends have answered."""
    names = backends or ("yolo_nas", "inception_v3")
    qtbot.waitUntil(
        lambda: all(trainers.answer(name) is not None for name in names), timeout=PATIENCE_MS
    )


def is_enabled(row: RoleRow, index: int) -> bool:
    flags = row.start.model().index(index, 0).flags()
    return bool(flags & Qt.ItemFlag.ItemIsEnabled)


# -- cross-validation --------------------------------------------------------------------------


def test_that_cross_validation_is_offered_and_on_where_a_training_takes_seconds(
    shown: Make,
) -> None:
    dialog = shown(plan(reviewed("a", "b", "c")))
    assert dialog.cross_validate.isVisible()
    assert dialog.cross_validate.isChecked()
    assert "3 folds" in dialog.cross_validate.text()
    assert dialog.plan.folds == 3


def test_that_there_are_five_folds_at_most(shown: Make) -> None:
    assert shown(plan(reviewed(*"abcdefgh"))).plan.folds == 5


def test_that_a_slow_backend_is_cross_validated_only_on_wish(shown: Make, qtbot: QtBot) -> None:
    dialog = shown(plan(reviewed("a", "b"), None, model("yolo_nas", ("detector",))))
    assert not dialog.cross_validate.isChecked()
    assert dialog.plan.folds == 0
    qtbot.keyClick(dialog.cross_validate, Qt.Key.Key_Space)
    assert dialog.plan.folds == 2


def test_that_nothing_is_offered_where_images_are_held_out_or_one_cannot_be_left_out(
    shown: Make,
) -> None:
    two = reviewed("a", "b")
    in_boxes_only = TrainingSet(tuple(replace(i, reviewed_regions=()) for i in two.images))
    one_group = TrainingSet(tuple(replace(i, group="one dendrite") for i in two.images))
    plans = [plan(two, reviewed("c")), plan(in_boxes_only), plan(one_group)]
    for of in (*plans, plan(reviewed("a"))):
        dialog = shown(of)
        assert not dialog.cross_validate.isVisible()
        assert dialog.plan.folds == 0


# -- starting ----------------------------------------------------------------------------------


def test_that_the_training_starts_with_what_was_chosen(shown: Make, qtbot: QtBot) -> None:
    started: list[Plan] = []
    dialog = shown(plan(reviewed("a", "b")))
    ask_preflight(dialog, started.append, lambda _backend: None)
    qtbot.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    assert [of.folds for of in started] == [2]
    assert [each.start.name for each in started[0].roles] == ["my-classical"]


def test_that_a_cancelled_dialog_starts_nothing(shown: Make, qtbot: QtBot) -> None:
    started: list[Plan] = []
    dialog = shown(plan(reviewed("a", "b")))
    ask_preflight(dialog, started.append, lambda _backend: None)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert started == []


def test_that_each_model_in_use_is_a_training_that_can_be_left_out(
    shown: Make, qtbot: QtBot, trainers: Trainers
) -> None:
    networks = (model("yolo_nas", ("detector",)), model("classical", ("classifier",)))
    dialog = shown(plan(reviewed("a"), reviewed("c"), *networks))
    asked(qtbot, trainers)
    words = [row.is_wanted.text() for row in dialog.rows]
    assert words == ["Detector", "Classifier"]
    qtbot.keyClick(dialog.rows[0].is_wanted, Qt.Key.Key_Space)
    assert [each.roles for each in dialog.plan.roles] == [("classifier",)]
    qtbot.keyClick(dialog.rows[1].is_wanted, Qt.Key.Key_Space)
    assert not dialog.start_button.isEnabled()
    assert "at least one" in dialog.start_button.toolTip()


# -- what to start from ------------------------------------------------------------------------


def test_that_only_what_can_be_trained_here_can_be_chosen(
    shown: Make, qtbot: QtBot, trainers: Trainers
) -> None:
    dialog = shown(plan(reviewed("a"), reviewed("c")))
    (row,) = dialog.rows
    texts = [row.start.itemText(i) for i in range(row.start.count())]
    assert texts == [
        "my-classical, in use now",
        "Classical afresh",
        "YOLO-NAS afresh (detector only)",
        "InceptionV3 afresh (classifier only)",
    ]
    assert is_enabled(row, 0)
    asked(qtbot, trainers)
    assert [is_enabled(row, i) for i in range(4)] == [True, True, True, False]
    reason = row.start.model().index(3, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Training inception_v3 needs tensorflow, tf_keras" in reason
    assert row.why.text() == (
        "InceptionV3 cannot be trained here yet: tensorflow, tf_keras not installed."
    )
    assert dialog.start_button.isEnabled()


def test_that_the_button_beside_it_asks_how_to_install_what_is_missing(
    shown: Make, qtbot: QtBot, trainers: Trainers
) -> None:
    wanted: list[str] = []
    dialog = shown(plan(reviewed("a"), reviewed("c")))
    ask_preflight(dialog, lambda _plan: None, wanted.append)
    (row,) = dialog.rows
    assert not row.how.isVisible()
    asked(qtbot, trainers)
    qtbot.mouseClick(row.how, Qt.MouseButton.LeftButton)
    assert wanted == ["inception_v3"]
    assert dialog.isVisible()


def test_that_an_architecture_afresh_makes_its_role_and_is_compared_with_what_works(
    shown: Make, qtbot: QtBot, trainers: Trainers
) -> None:
    dialog = shown(plan(reviewed("a"), reviewed("c")))
    asked(qtbot, trainers)
    (row,) = dialog.rows
    row.start.setFocus()
    for _ in range(2):
        qtbot.keyClick(row.start, Qt.Key.Key_Down)
    row.epochs.selectAll()
    qtbot.keyClicks(row.epochs, "12")
    assert row.is_wanted.text() == "Detector"
    (chosen,) = dialog.plan.roles
    order = chosen.order(folds=0)
    assert (order.base, order.roles, order.epochs) == ("yolo_nas", ("detector",), 12)
    assert order.against is not None
    assert order.against.name == "my-classical"


def test_that_what_continues_a_model_is_compared_with_it(shown: Make) -> None:
    order = shown(plan(reviewed("a"))).plan.roles[0].order(folds=3)
    assert not isinstance(order.base, str)
    assert (order.base.name, order.roles, order.folds) == ("my-classical", BOTH, 3)
    assert order.against is None


def test_that_a_model_in_use_that_cannot_be_trained_here_keeps_the_button_off(
    shown: Make, qtbot: QtBot, trainers: Trainers
) -> None:
    dialog = shown(plan(reviewed("a"), reviewed("c"), model("inception_v3", ("classifier",))))
    assert dialog.start_button.isEnabled(), "nobody knows yet"
    asked(qtbot, trainers, "inception_v3")
    assert not dialog.start_button.isEnabled()
    assert "cannot be trained here" in dialog.start_button.toolTip()
    assert dialog.rows[0].why.property("tone") == "danger"


def test_that_epochs_are_for_what_has_them(shown: Make, qtbot: QtBot, trainers: Trainers) -> None:
    networks = (model("yolo_nas", ("detector",)), model("classical", ("classifier",)))
    dialog = shown(plan(reviewed("a"), reviewed("c"), *networks))
    yolo, classical = dialog.rows
    assert (yolo.epochs.isEnabled(), classical.epochs.isEnabled()) == (True, False)
    assert "without epochs" in classical.epochs.toolTip()
    assert yolo.epochs.text() == "Usual"
    assert yolo.role_plan.epochs is None


def test_that_the_time_is_that_of_the_last_training_of_its_kind(shown: Make) -> None:
    def pace(backend: str, epochs: int) -> float | None:
        return 30.0 if (backend, epochs) == ("yolo_nas", 0) else None

    networks = (model("yolo_nas", ("detector",)), model("classical", ("classifier",)))
    dialog = shown(plan(reviewed(*"abcdefgh"), reviewed("c1"), *networks), pace)
    assert dialog.rows[0].time.text() == "about 4 min"
    assert dialog.rows[1].time.text() == "seconds"
    dialog.rows[0].epochs.setValue(50)
    assert dialog.rows[0].time.text() == "the log tells"


# -- facts -------------------------------------------------------------------------------------


def test_that_the_facts_name_what_is_used_and_what_is_held_out() -> None:
    of = plan(reviewed("a", "b"), reviewed("c", "d", "e", "f", "g"))
    rows = dict(facts(of))
    assert rows["Spines"] == "2 spines: 2 thin"
    assert rows["Not used"] == "3 images without any decision"
    split = dict(split_facts(of))
    assert split["Training"] == "2 of 5 images reviewed"
    assert split["Validation"] == "no image"
    assert split["Test"] == "5 of 5 images reviewed: c, d, e, f and 1 more"
    assert "none to compare on" in dict(split_facts(plan(reviewed("a"))))[""]
