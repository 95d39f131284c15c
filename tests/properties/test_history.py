"""Whatever was done: each earlier state is found again, and taking back agrees with undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation
from spinegui.domain.edits import Change, Edit, EditConflictError, apply, find_item, inverse, key_of
from spinegui.domain.history import back_over, collapsed, net, reversal, state_before
from tests.support.items import boxes, items

if TYPE_CHECKING:
    from spinegui.domain.edits import Annotations

IMAGES = ("a", "b")
few = settings(max_examples=8)
"""Each example is a whole story of edits."""
START: Annotations = {image: Annotation(image) for image in IMAGES}


@st.composite
def told(draw: st.DrawFn) -> tuple[list[Edit], list[Annotations]]:
    """Some edits, each of what is there by then, and the states from the first to the last."""
    states = [START]
    edits = []
    for number in range(draw(st.integers(1, 8))):
        changes = draw(changes_of(states[-1], number))
        edits.append(Edit(f"Edit {number}", tuple(changes)))
        states.append(apply(states[-1], edits[-1]))
    return edits, states


@st.composite
def changes_of(draw: st.DrawFn, now: Annotations, number: int) -> list[Change]:
    """A few changes: new items, others changed, some of them twice, some removed."""
    changes: dict[tuple[str, str], list[Change]] = {}
    for image in IMAGES:
        for new in draw(st.lists(items(image), max_size=2)):
            if find_item(now, new) is None:
                changes.setdefault(key_of(new), [Change(None, new)])
        for old in now[image].detections.values():
            match draw(st.sampled_from(["leave", "move", "twice", "remove"])):
                case "move":
                    changes[key_of(old)] = [Change(old, old.with_box(draw(boxes)))]
                case "twice":
                    between = old.with_box(draw(boxes))
                    changes[key_of(old)] = [
                        Change(old, between),
                        Change(between, between.rejected()),
                    ]
                case "remove":
                    changes[key_of(old)] = [Change(old, None)]
    del number
    return [change for steps in changes.values() for change in steps]


@few
@given(told())
def test_that_every_earlier_state_is_found_by_walking_back(story):
    edits, states = story
    for moment in range(len(states)):
        later = [change for edit in edits[moment:] for change in edit.changes]
        assert state_before(states[-1], later) == states[moment]


@few
@given(told())
def test_that_going_back_is_one_edit_that_can_be_undone(story):
    edits, states = story
    back = back_over("Bring back", [c for edit in edits for c in edit.changes])
    assert apply(states[-1], back) == states[0]
    assert apply(apply(states[-1], back), inverse(back)) == states[-1]


@few
@given(told())
def test_that_taking_back_the_last_edit_is_undoing_it(story):
    edits, states = story
    found = reversal(edits[-1], states[-1], "Revert")
    assert found.changed_since == ()
    assert apply(states[-1], found.edit) == states[-2]


@few
@given(told(), st.data())
def test_that_taking_back_an_earlier_edit_leaves_what_was_changed_since(story, data):
    edits, states = story
    number = data.draw(st.integers(0, len(edits) - 1))
    found = reversal(edits[number], states[-1], "Revert")
    after = apply(states[-1], found.edit)
    touched = {key_of(c.item) for edit in edits[number + 1 :] for c in edit.changes}
    for change in net(edits[number].changes):
        now = find_item(after, change.item)
        if key_of(change.item) not in touched:
            assert now == change.before
        if change in found.changed_since:
            assert key_of(change.item) in touched
            assert now == find_item(states[-1], change.item)


@few
@given(told())
def test_that_the_net_of_an_edit_does_the_same_as_the_edit(story):
    edits, states = story
    for edit, before, after in zip(edits, states, states[1:], strict=False):
        changes = net(edit.changes)
        assert apply(before, Edit("", changes)) == after
        assert len({key_of(c.item) for c in changes}) == len(changes)


def test_that_changes_with_a_hole_between_them_are_refused():
    with pytest.raises(EditConflictError, match="does not follow"):
        collapsed([("k", 1, 2), ("k", 3, 4)])


@few
@given(told())
def test_that_a_change_that_was_taken_back_already_needs_nothing(story):
    edits, states = story
    undone = apply(states[-1], inverse(edits[-1]))
    found = reversal(edits[-1], undone, "Revert")
    assert found.edit.changes == ()
    assert found.changed_since == ()
