"""The steps of the tour: what to do, where to look, and how to tell that it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.domain.detection import Detection, How, Origin, ReviewState
from spinegui.gui.language import later

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from spinegui.domain.edits import Edit

SELECTION, IMAGE = "selection", "image"
"""Places that a step points at, beside "action:ID" (its button) and "dock:NAME"."""


@dataclass(frozen=True, slots=True)
class Now:
    """What has just happened, and where the work stands."""

    edit: Edit | None = None
    n_selected: int = 0
    is_reviewed: bool = False
    is_training: bool = False


@dataclass(frozen=True, slots=True)
class TourStep:
    """`text` holds action ids in braces, which stand for their keys; `done` looks at what is."""

    id: str
    title: str
    text: str
    target: str
    done: Callable[[Now], bool]


def _pairs(now: Now) -> Iterator[tuple[Detection | None, Detection]]:
    for change in now.edit.changes if now.edit is not None else ():
        after, before = change.after, change.before
        if isinstance(after, Detection):
            yield (before if isinstance(before, Detection) else None), after


def _accepted(now: Now) -> bool:
    return any(
        before is not None
        and before.state is ReviewState.PREDICTED
        and after.state is ReviewState.ACCEPTED
        for before, after in _pairs(now)
    )


def _labelled(now: Now) -> bool:
    return any(
        before is not None
        and any(vote not in before.votes and vote.how is How.HAND for vote in after.votes)
        for before, after in _pairs(now)
    )


def _rejected(now: Now) -> bool:
    return any(after.state is ReviewState.REJECTED for _, after in _pairs(now))


def _drawn(now: Now) -> bool:
    return any(before is None and after.origin is Origin.USER for before, after in _pairs(now))


STEPS = (
    TourStep(
        "look",
        later("What the model found"),
        later(
            "Each dashed box is a spine that the model believes it sees; the letter is its class. "
            "Press {next_box} to go to the first one, or click it."
        ),
        IMAGE,
        lambda now: now.n_selected > 0,
    ),
    TourStep(
        "accept",
        later("Accept"),
        later("If it is a spine, press {accept_next}: it is kept, and the next one comes."),
        SELECTION,
        _accepted,
    ),
    TourStep(
        "label",
        later("Set the class"),
        later(
            "Another class? Press {label_1}, {label_2}, {label_3} or {label_4}. A digit accepts "
            "the spine, too."
        ),
        "dock:label",
        _labelled,
    ),
    TourStep(
        "reject",
        later("Reject"),
        later("This is no spine? Press {reject}. Nothing is lost: {undo} takes anything back."),
        SELECTION,
        _rejected,
    ),
    TourStep(
        "draw",
        later("Add what was missed"),
        later("Hold Shift and drag a box around a spine that the model did not see."),
        IMAGE,
        _drawn,
    ),
    TourStep(
        "reviewed",
        later("Say that you have looked"),
        later(
            "Press {mark_reviewed}: everything on this image counts as looked at, what is not "
            "marked is background. Predictions that are left are accepted."
        ),
        "action:mark_reviewed",
        lambda now: now.is_reviewed,
    ),
    TourStep(
        "retrain",
        later("Let it learn"),
        later("Press {retrain} and start the training. It runs beside you while you go on."),
        "action:retrain",
        lambda now: now.is_training,
    ),
    TourStep(
        "end",
        later("That is the whole loop"),
        later(
            "When the training ends, a banner shows what the new model gains and loses on images "
            "it never saw, and you decide. From here on the line above the image says what is "
            "next; {shortcuts} shows every key."
        ),
        "dock:jobs",
        lambda _now: False,
    ),
)
