"""Agreement between raters as a CSV table, one figure a row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from spinegui.storage.exchange.spreadsheet import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spinegui.domain.agreement import Agreement
    from spinegui.domain.rater_report import RaterReport

COLUMNS = (
    "measure", "rater_a", "rater_b", "class", "value", "low_95", "high_95", "standard_error",
    "observed_agreement", "n_spines", "n_images", "interval", "votes", "unsure",
)  # fmt: skip
ALL = "(all)"
AGAIN = "(again, blind)"


def agreement_text(report: RaterReport) -> str:
    """Return the table as CSV text.

    Measures: `cohen_kappa` of each pair and, with `(again, blind)` as the second, of a rater with
    themselves; `class_agreement`, the share of what either gave a class that both did;
    `fleiss_kappa` of all raters and `class_kappa`, that of one class against all others.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    ways = (str(report.basis), "a class" if report.counts_unsure else "left out")
    for row in _rows(report):
        writer.writerow([*map(safe_cell, row), *ways])
    return out.getvalue()


def _rows(report: RaterReport) -> Iterator[tuple[str | float | None, ...]]:
    for (a, b), found in report.pairs.items():
        yield from _of("cohen_kappa", "class_agreement", (a, b), found)
    for rater, found in report.within.items():
        yield from _of("cohen_kappa", "class_agreement", (rater, AGAIN), found)
    yield from _of("fleiss_kappa", "class_kappa", (ALL, ALL), report.together)


def _of(
    name: str, class_name: str, raters: tuple[str, str], found: Agreement
) -> Iterator[tuple[str | float | None, ...]]:
    interval = ""
    if found.low is not None:
        interval = "resampled images" if found.by_images else "spines taken for independent"
    yield (
        name, *raters, "", _rounded(found.kappa), _rounded(found.low), _rounded(found.high),
        _rounded(found.error), _rounded(found.observed), found.n, found.n_images, interval,
    )  # fmt: skip
    for label, value in found.by_class:
        numbers = (None, None, None, None, found.n, found.n_images, "")
        yield (class_name, *raters, label, _rounded(value), *numbers)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
