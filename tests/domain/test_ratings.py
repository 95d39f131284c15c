"""Which votes count towards agreement, and consensus by quorum."""

from __future__ import annotations

import pytest

from spinegui.domain.agreement import cohen, cross_table
from spinegui.domain.annotation import Annotation
from spinegui.domain.consensus import Quorum, consensus
from spinegui.domain.detection import Detection, How, Vote
from spinegui.domain.geometry import Box
from spinegui.domain.ratings import NONE, Basis, raters_of, ratings_between, ratings_within

BOX = Box(0, 0, 10, 10)
FIRST, SECOND = "2026-02-01T00:00:00", "2026-03-01T00:00:00"
CLASSES = ("mushroom", "thin", "stubby", "filopodia")


def vote(rater, label, at="2026-01-01T00:00:00", how=How.HAND, session=""):
    return Vote(rater, label, at, how, session)


def blind(rater, label, session=FIRST):
    return Vote(rater, label, session + ".500", How.HAND, session)


def project(*votes: tuple[Vote, ...]) -> dict[str, Annotation]:
    found = {f"d{i}": Detection(f"d{i}", "i", BOX, votes=v) for i, v in enumerate(votes)}
    return {"i": Annotation("i", found)}


def said(ratings) -> list[list[str]]:
    names = [*ratings.labels, "-"]
    return [[names[code] for code in row] for row in ratings.codes]


def test_that_each_rater_has_a_column_with_their_latest_label():
    images = project(
        (vote("bo", "thin"), vote("ana", "stubby")),
        (vote("ana", "thin"), blind("ana", "mushroom")),
    )
    ratings = ratings_between(images, CLASSES)
    assert ratings.raters == ("ana", "bo")
    assert ratings.labels == ("mushroom", "thin", "stubby")
    assert said(ratings) == [["stubby", "thin"], ["mushroom", "-"]]
    assert ratings.codes[1, 1] == NONE
    assert raters_of(images.values()) == ("ana", "bo")


def test_that_accepted_labels_count_only_where_asked_for():
    images = project((vote("ana", "thin", how=How.ACCEPTED), vote("bo", "thin")))
    assert ratings_between(images, CLASSES).raters == ("bo",)
    assert ratings_between(images, CLASSES, basis=Basis.ALL).raters == ("ana", "bo")


def test_that_blind_ratings_are_those_given_blind():
    images = project((vote("ana", "thin"), blind("ana", "stubby"), vote("bo", "thin")))
    assert said(ratings_between(images, CLASSES, basis=Basis.BLIND)) == [["stubby"]]


def test_that_unsure_is_left_out_or_a_class_of_its_own():
    images = project(
        (vote("ana", "unsure"), vote("bo", "thin")), (vote("ana", "thin"), vote("bo", "thin"))
    )
    assert cohen(ratings_between(images, CLASSES), 0, 1).n == 1
    counted = ratings_between(images, CLASSES, counts_unsure=True)
    assert counted.labels == ("thin", "unsure")
    assert cross_table(counted, 0, 1).tolist() == [[1, 0], [1, 0]]


def test_that_a_rejected_detection_is_no_spine():
    (annotation,) = project((vote("ana", "thin"),)).values()
    rejected = {k: d.rejected() for k, d in annotation.detections.items()}
    assert ratings_between({"i": Annotation("i", rejected)}, CLASSES).spines == ()


def test_that_a_rater_is_compared_with_themselves_across_a_blind_session():
    images = project(
        (vote("ana", "thin"), blind("ana", "stubby")),
        (vote("ana", "thin"), blind("ana", "thin"), blind("ana", "thin", SECOND)),
        (vote("ana", "thin"),),
        (vote("ana", "thin", how=How.ACCEPTED), blind("ana", "thin")),
        (blind("ana", "thin"), vote("ana", "thin", at="2027-01-01T00:00:00")),
    )
    again = ratings_within(images, CLASSES, "ana")
    assert (again.raters, said(again)) == (
        ("before", "again"),
        [["thin", "stubby"], ["thin", "thin"]],
    )
    both_blind = ratings_within(images, CLASSES, "ana", basis=Basis.BLIND)
    assert [spine for _, spine in both_blind.spines] == ["d1"]
    assert ratings_within(images, CLASSES, "bo").spines == ()


@pytest.mark.parametrize(
    ("labels", "quorum", "wanted"),
    [
        (("thin", "thin", "stubby"), 2, "thin"),
        (("thin", "stubby"), 2, None),
        (("thin",), 2, None),
        (("thin",), 1, "thin"),
        (("thin", "stubby"), 1, None),  # a tie is no majority
        (("thin", "thin", "stubby", "mushroom", "filopodia"), 2, None),  # two of five
        (("thin", "thin", "thin", "stubby"), 3, "thin"),
        (("thin", "thin", "unsure"), 2, "thin"),
        (("thin", "unsure"), 1, None),  # asked, and could not tell
        (("unsure", "unsure"), 2, None),
        ((), 1, None),
    ],
)
def test_that_a_quorum_and_more_than_half_make_a_consensus(labels, quorum, wanted):
    votes = tuple(vote(f"rater {i}", label) for i, label in enumerate(labels))
    found = consensus(Detection("d", "i", BOX, votes=votes), Quorum(quorum))
    assert found.label == wanted
    assert found.asked == len(labels)


def test_that_accepted_labels_do_not_outvote_who_looked():
    votes = (
        vote("ana", "thin", how=How.ACCEPTED), vote("bo", "thin", how=How.ACCEPTED),
        vote("cy", "stubby"),
    )  # fmt: skip
    spine = Detection("d", "i", BOX, votes=votes)
    assert consensus(spine, Quorum(2)).label is None
    assert consensus(spine, Quorum(1)).label == "stubby"


def test_that_nobody_at_all_is_no_quorum():
    with pytest.raises(ValueError, match="one rater"):
        Quorum(0)
