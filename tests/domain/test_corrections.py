"""Counting what people changed."""

from __future__ import annotations

from dataclasses import replace

from spinegui.domain.annotation import Annotation
from spinegui.domain.corrections import count_corrections
from spinegui.domain.detection import Detection, Vote
from spinegui.domain.geometry import Box
from tests.domain.test_detection import PREDICTED


def annotation(*found):
    return Annotation("image", {d.id: d for d in found})


def test_that_each_kind_of_correction_is_counted():
    at = "2026-01-01T00:00:00"
    found = [
        PREDICTED,
        replace(PREDICTED, id="confirmed").accepted(),
        replace(PREDICTED, id="agreed").with_vote(Vote("ana", "thin", at)),
        replace(PREDICTED, id="relabelled").with_vote(Vote("ana", "stubby", at)),
        replace(PREDICTED, id="moved").with_box(Box(5, 5, 15, 15)),
        replace(PREDICTED, id="rejected").rejected(),
        Detection("drawn", "image", Box(50, 50, 60, 60)),
    ]
    counts = count_corrections([annotation(*found)])
    assert (counts.confirmed, counts.relabelled, counts.moved) == (2, 1, 1)
    assert (counts.rejected, counts.added, counts.total) == (1, 1, 4)


def test_that_a_box_drawn_and_deleted_again_is_no_correction_of_the_model():
    drawn = Detection("drawn", "image", Box(50, 50, 60, 60)).rejected()
    assert count_corrections([annotation(drawn)]).total == 0
