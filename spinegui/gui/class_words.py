"""The classes in the person's language, a project's own ones as they are called there."""

from __future__ import annotations

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.language import tr


def label_words(label: str | None) -> str:
    """Return the name of a label; "–" for none."""
    if not label:
        return "–"
    found = SPINE_CLASSES.with_class(label).find(label)
    return tr(found.name) if found is not None else label
