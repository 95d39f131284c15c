"""The title of an edit in the person's language; the log keeps it in English, for everybody."""

from __future__ import annotations

import re

from spinegui.gui.language import later, ntr, tr

_COUNTED = re.compile(r"(?P<what>.+) \((?P<n>\d+) (?P<things>spines|images)\)")
TITLES = (
    later("Accept"), later("Reject"), later("Move or resize"), later("Draw spine"),
    later("Duplicate"), later("Mark image reviewed"), later("Mark image not reviewed"),
    later("Mark region reviewed"), later("Remove reviewed regions"), later("Set pixel size"),
    later("Forget pixel size"), later("Label mushroom"), later("Label thin"),
    later("Label stubby"), later("Label filopodia"), later("Label unsure"),
)  # fmt: skip
"""Titles as the edits carry them."""


def title_words(title: str) -> str:
    """Return the words for a title; one that holds a name stays as it is."""
    counted = _COUNTED.fullmatch(title)
    if counted is None:
        return tr(title)
    n = int(counted["n"])
    things = (
        ntr("{n} spine", "{n} spines", n)
        if counted["things"] == "spines"
        else ntr("{n} image", "{n} images", n)
    )
    return f"{tr(counted['what'])} ({things})"
