"""Texts for a spreadsheet, which runs a text that starts like a formula as one."""

from __future__ import annotations

# Labels and names come from anywhere.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: str | float | None) -> str | float:
    """Return the value as it may stand in a CSV cell; None is empty."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
