"""What a person would most sensibly do next, in a sentence, with the action behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from spinegui.gui.keys.in_use import with_keys

ENOUGH_TO_RETRAIN = 5
"""From so many new decisions on, a training is worth its seconds."""

DECIDE = (
    "Is it a spine? <b>{accept_next}</b> accepts, <b>{reject}</b> rejects, "
    "<b>{label_1} {label_2} {label_3} {label_4}</b> set its class."
)
RETRAIN = ("retrain", "Retrain…")


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the review stands. `n_left` counts the shown predictions that nobody decided."""

    n_shown: int = 0
    n_left: int = 0
    is_undecided_selected: bool = False
    is_reviewed: bool = False
    n_new_decisions: int = 0
    is_detecting: bool = False
    is_training: bool = False
    is_last_unreviewed: bool = False

    @property
    def is_worth_training(self) -> bool:
        return self.n_new_decisions >= ENOUGH_TO_RETRAIN and not self.is_training


class Step(NamedTuple):
    """`action_id` may be "" where a key or the mouse does it."""

    text: str
    action_id: str = ""
    button: str = ""


def next_step(now: Situation) -> Step:
    """Return the step, its keys in bold."""
    if now.is_detecting and not now.n_shown:
        return Step("Spines are being looked for. You may look around meanwhile.")
    if not now.n_shown and not now.is_reviewed:
        return Step(
            with_keys(
                "Let the model find the spines: <b>{detect}</b>. Or click one to add it: "
                "<b>{add_tool}</b>."
            ),
            "detect",
            "Detect",
        )
    if now.is_undecided_selected:
        return Step(with_keys(DECIDE), *(RETRAIN if now.is_worth_training else ()))
    if now.is_worth_training:
        return Step(
            f"{now.n_new_decisions} decisions to learn from. Retrain now, and review on meanwhile.",
            *RETRAIN,
        )
    return _between_spines(now)


def _between_spines(now: Situation) -> Step:
    if now.n_left and not now.is_reviewed:
        spines = "1 spine" if now.n_left == 1 else f"{now.n_left} spines"
        return Step(
            with_keys(f"{spines} to decide on: <b>{{accept_next}}</b> goes through them."),
            "accept_next",
            "Begin",
        )
    if not now.is_reviewed:
        return Step(
            with_keys(
                "All decided. Add a missed spine with <b>Shift+click</b>, then mark the image "
                "reviewed: <b>{mark_reviewed}</b>."
            ),
            "mark_reviewed",
            "Image reviewed",
        )
    if now.is_last_unreviewed:
        return Step("Every image is reviewed. Export the spines, or retrain on them.")
    return Step(
        with_keys("This image is reviewed. On to the next: <b>{next_unreviewed}</b>."),
        "next_unreviewed",
        "Next image",
    )
