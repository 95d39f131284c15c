"""What a person would most sensibly do next, in a sentence, with the action behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from spinegui.gui.keys.in_use import with_keys
from spinegui.gui.language import later, ntr, tr

ENOUGH_TO_RETRAIN = 5
"""From so many new decisions on, a training is worth its seconds."""

DECIDE = later(
    "Is it a spine? <b>{accept_next}</b> accepts, <b>{reject}</b> rejects, "
    "<b>{label_1} {label_2} {label_3} {label_4}</b> set its class."
)


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
        return Step(tr("Spines are being looked for. You may look around meanwhile."))
    if not now.n_shown and not now.is_reviewed:
        return Step(
            with_keys(
                tr(
                    "Let the model find the spines: <b>{detect}</b>. Or click one to add it: "
                    "<b>{add_tool}</b>."
                )
            ),
            "detect",
            tr("Detect"),
        )
    if now.is_undecided_selected:
        return Step(with_keys(tr(DECIDE)), *(_retrain() if now.is_worth_training else ()))
    if now.is_worth_training:
        return Step(
            tr(
                "{n_new_decisions} decisions to learn from. Retrain now, and review on meanwhile.",
                n_new_decisions=now.n_new_decisions,
            ),
            *_retrain(),
        )
    return _between_spines(now)


def _retrain() -> tuple[str, str]:
    return "retrain", tr("Retrain…")


def _between_spines(now: Situation) -> Step:
    if now.n_left and not now.is_reviewed:
        spines = ntr("{n} spine", "{n} spines", now.n_left)
        return Step(
            with_keys(
                tr(
                    "{spines} to decide on: <b>{{accept_next}}</b> goes through them.",
                    spines=spines,
                )
            ),
            "accept_next",
            tr("Begin"),
        )
    if not now.is_reviewed:
        return Step(
            with_keys(
                tr(
                    "All decided. Add a missed spine with <b>Shift+click</b>, then mark the image "
                    "reviewed: <b>{mark_reviewed}</b>."
                )
            ),
            "mark_reviewed",
            tr("Image reviewed"),
        )
    if now.is_last_unreviewed:
        return Step(tr("Every image is reviewed. Export the spines, or retrain on them."))
    return Step(
        with_keys(tr("This image is reviewed. On to the next: <b>{next_unreviewed}</b>.")),
        "next_unreviewed",
        tr("Next image"),
    )
