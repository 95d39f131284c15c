"""Agreement in words: what a cell of the matrix says, what all raters together come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.language import ntr, tr
from spinegui.gui.plots.confusion import class_name

if TYPE_CHECKING:
    from spinegui.domain.agreement import Agreement
    from spinegui.domain.rater_report import RaterReport

NONE = "–"


def kappa_text(found: Agreement | None) -> str:
    """Return kappa with two digits; a dash where there is none."""
    return NONE if found is None or found.kappa is None else f"{found.kappa:.2f}"


def with_interval(found: Agreement) -> str:
    """Return kappa with its interval."""
    if found.low is None or found.high is None:
        return kappa_text(found)
    return tr(
        "{kappa_text} ({low:.2f} to {high:.2f})",
        kappa_text=kappa_text(found),
        low=found.low,
        high=found.high,
    )


def size_text(found: Agreement) -> str:
    """Return what a figure rests on."""
    spines = ntr("{n} spine", "{n} spines", found.n)
    images = ntr("{n} image", "{n} images", found.n_images)
    return tr("{spines} on {images}", spines=spines, images=images)


def pair_text(report: RaterReport, a: str, b: str) -> str:
    """Return how far two raters agree, or one with themselves, in sentences."""
    found = report.of(a, b)
    if a == b:
        who = tr("{name}, blind and before", name=a)
        if found is None:
            return tr("{who}: no spine labelled by hand and again blind.", who=who)
    else:
        who = tr("{a} and {b}", a=a, b=b)
        if found is None:
            return tr("{who}: no spine labelled by both.", who=who)
    said = tr(
        "{who}: κ {kappa}. The same label on {share} of {size}.",
        who=who,
        kappa=with_interval(found),
        share=f"{(found.observed or 0) * 100:.0f} %",
        size=size_text(found),
    )
    if found.kappa is None:
        return f"{said} {tr('All of one class: chance would agree as well, κ does not exist.')}"
    classes = ", ".join(
        f"{class_name(label).lower()} {value * 100:.0f} %"
        for label, value in found.by_class
        if value is not None
    )
    return f"{said} {tr('By class: {classes}.', classes=classes)}"


def together_text(report: RaterReport) -> str:
    """Return how far all raters agree."""
    found = report.together
    if not found.n:
        return tr("No spine has two labels yet.")
    return tr(
        "Fleiss’ κ {kappa}, agreement {share}, n = {size} with two labels or more.",
        kappa=with_interval(found),
        share=f"{(found.observed or 0) * 100:.0f} %",
        size=size_text(found),
    )


def classes_text(report: RaterReport) -> str:
    """Return the kappa of each class against all others."""
    values = (
        f"{class_name(label).lower()} {NONE if value is None else f'{value:.2f}'}"
        for label, value in report.together.by_class
    )
    return tr("κ of each class against all others: {classes}.", classes=", ".join(values))


def method_text(report: RaterReport) -> str:
    """Return how the intervals came about."""
    if report.together.by_images:
        return tr("95 % intervals from resampling images, n as given.")
    return tr(
        "95 % intervals take spines for independent and are too narrow: there are too few images "
        "to resample."
    )
