"""How far people are with an image, and what goes into files of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spinegui.domain.annotation import Annotation, ImageState, Progress, ReviewedRegion
from spinegui.domain.detection import Detection, ReviewState
from spinegui.domain.geometry import Box

BOX = Box(0, 0, 4, 4)
PREDICTED = Detection("d", "i", BOX, state=ReviewState.PREDICTED)
REVIEWED = ImageState("i", is_reviewed=True)
EMPTY = ImageState("i", is_reviewed=True, has_no_spines=True)


@pytest.mark.parametrize(
    ("annotation", "progress"),
    [
        (Annotation("i"), Progress.UNSEEN),
        (Annotation("i", {"d": PREDICTED}), Progress.UNSEEN),
        (Annotation("i", {"d": PREDICTED.rejected()}), Progress.IN_WORK),
        (Annotation("i", {}, {"r": ReviewedRegion("r", "i", BOX)}), Progress.IN_WORK),
        (Annotation("i", {}, {}, REVIEWED), Progress.REVIEWED),
        (Annotation("i", {}, {}, EMPTY), Progress.NO_SPINES),
        (Annotation("i", {"d": PREDICTED}, {}, EMPTY), Progress.NO_SPINES),
        (Annotation("i", {"d": PREDICTED.rejected()}, {}, EMPTY), Progress.NO_SPINES),
        (Annotation("i", {"d": PREDICTED.accepted()}, {}, EMPTY), Progress.REVIEWED),
        (Annotation("i", {}, {}, ImageState("i")), Progress.UNSEEN),
    ],
)
def test_that_the_progress_follows_from_what_was_decided(annotation, progress):
    assert annotation.progress is progress
    assert annotation.has_no_spines is (progress is Progress.NO_SPINES)


def test_that_an_image_nobody_went_through_cannot_be_without_spines():
    with pytest.raises(ValueError, match="reviewed"):
        replace(EMPTY, is_reviewed=False)
