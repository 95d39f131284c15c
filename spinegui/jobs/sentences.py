"""Splits an error's text into what happened and what to do."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"(?<=[.!?)])\s+(?=[A-Z])")


def split_sentences(
    text: str, *, otherwise: str = "Correct that and try again."
) -> tuple[str, str]:
    """Return (what happened, what to do) of an error's text.

    Our errors end in the sentence that says what to do; a text of one sentence gets `otherwise`.
    """
    parts = _BOUNDARY.split(text.strip())
    if len(parts) < 2:
        return text.strip(), otherwise
    boundary = [m.span() for m in _BOUNDARY.finditer(text.strip())][-1]
    return text.strip()[: boundary[0]], parts[-1]
