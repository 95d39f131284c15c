"""The label set."""

from __future__ import annotations

from spinegui.domain.labels import SPINE_CLASSES, UNSURE


def test_that_digit_keys_name_the_four_classes_in_order():
    found = [SPINE_CLASSES.for_key(key) for key in "1234"]
    assert [c.id for c in found if c] == ["mushroom", "thin", "stubby", "filopodia"]


def test_that_zero_means_unsure():
    assert SPINE_CLASSES.for_key("0") is UNSURE


def test_that_a_project_may_have_classes_of_its_own():
    wider = SPINE_CLASSES.with_class("ball").with_class("branched")
    assert wider.ids == (*SPINE_CLASSES.ids, "ball", "branched")
    letters = [c.letter for c in (*wider.classes, UNSURE)]
    colours = [c.colour for c in wider.classes]
    assert len(set(letters)) == len(letters)
    assert len(set(colours)) == len(colours)
    assert wider.for_key("5").id == "ball"


def test_that_a_class_is_added_once():
    assert SPINE_CLASSES.with_class("thin") is SPINE_CLASSES
