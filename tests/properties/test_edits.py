"""What holds for every edit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinegui.domain.annotation import Annotation
from spinegui.domain.edits import Change, Edit, EditConflictError, apply, inverse, key_of
from tests.support.items import detections, items

start = st.lists(items(), max_size=8, unique_by=key_of)
images = st.sampled_from(["a", "b"])


def adding(found):
    return Edit("add", tuple(Change(None, item) for item in found))


@given(start)
def test_that_an_edit_followed_by_its_inverse_leaves_the_annotations_as_they_were(found):
    before = apply({}, adding(found[:4]))
    edit = adding([i for i in found[4:] if key_of(i) not in {key_of(j) for j in found[:4]}])
    again = apply(apply(before, edit), inverse(edit))
    for image_id in (*before, *again):
        assert again.get(image_id, Annotation(image_id)) == before.get(
            image_id, Annotation(image_id)
        )


@given(st.lists(items(), min_size=1, max_size=8, unique_by=key_of))
def test_that_the_inverse_of_the_inverse_is_the_edit(found):
    edit = adding(found)
    assert inverse(inverse(edit)) == edit


@given(detections(), detections(ids=st.just("other")))
def test_that_an_edit_whose_before_is_not_there_is_refused_whole(there, missing):
    before = apply({}, adding([there]))
    edit = Edit("both", (Change(there, None), Change(missing, None)))
    with pytest.raises(EditConflictError):
        apply(before, edit)
    assert there.id in before["image"].detections


@given(images, images, st.data())
def test_that_an_edit_may_span_images(first, second, data):
    one = data.draw(detections(first, st.just("one")))
    two = data.draw(detections(second, st.just("two")))
    after = apply({}, adding([one, two]))
    assert after[first].detections["one"] == one
    assert after[second].detections["two"] == two


@given(detections())
def test_that_adding_what_is_there_already_is_refused(there):
    with pytest.raises(EditConflictError):
        apply(apply({}, adding([there])), adding([there]))


@given(detections(ids=st.just("x")), detections(ids=st.just("y")))
def test_that_a_change_is_about_one_item(one, other):
    with pytest.raises(ValueError, match="one item"):
        Change(one, other)
