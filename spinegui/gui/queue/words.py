"""The queue's reasons and figures in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.usefulness import Order, Reason, Why
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from spinegui.domain.labels import LabelSet


def order_names() -> tuple[tuple[str, str], ...]:
    """Return the usual orders as (id, name)."""
    return (
        (Order.USEFUL.value, tr("Most useful first")),
        (Order.SCORE.value, tr("Least certain score first")),
        (Order.PLACE.value, tr("Left to right")),
        (Order.IMAGE.value, tr("Image by image")),
    )


def reason_text(reason: Reason, labels: LabelSet) -> str:
    """Return a reason as it is shown: "thin 0.48 / filopodia 0.44"."""
    classes = " / ".join(f"{_name(labels, label)} {share:.2f}" for label, share in reason.classes)
    if reason.why is Why.CLASSES:
        return classes
    if reason.why is Why.SCORE:
        return tr("score {score:.2f}: may be none", score=reason.score)
    if reason.why is Why.CERTAIN:
        score = "" if reason.score is None else tr("score {score:.2f}", score=reason.score)
        facts = ", ".join(filter(None, (classes, score)))
        return tr("the model is sure: {facts}", facts=facts)
    return {
        Why.UNLIKE: tr("unlike the others so far"),
        Why.NO_SCORE: tr("no score"),
        Why.NO_CLASSES: tr("no class proposed"),
    }[reason.why]


def _name(labels: LabelSet, label: str) -> str:
    found = labels.find(label)
    return tr(found.name).lower() if found else label


def progress_text(done: int, total: int, pace: float | None, seconds_left: float | None) -> str:
    """Return "61/214 · 9/min · 17 min left", as far as it is known."""
    parts = [tr("{done}/{total}", done=done, total=total)]
    if pace is not None and seconds_left is not None and done < total:
        parts.append(tr("{pace:.0f}/min", pace=pace))
        parts.append(time_left_text(seconds_left))
    return " · ".join(parts)


def time_left_text(seconds: float) -> str:
    """Return how long something still takes, in whole minutes."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return tr("under a minute left")
    if minutes < 60:
        return tr("{minutes} min left", minutes=minutes)
    hours, rest = divmod(minutes, 60)
    return tr("{hours} h {minutes} min left", hours=hours, minutes=rest)
