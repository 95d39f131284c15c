"""The spine classes: identifiers, names, letters, colours, digit keys; decided only here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpineClass:
    """One class a rater can give a spine."""

    id: str
    name: str
    letter: str
    colour: str
    key: str


MUSHROOM = SpineClass("mushroom", "Mushroom", "M", "#E69F00", "1")
THIN = SpineClass("thin", "Thin", "T", "#56B4E9", "2")
STUBBY = SpineClass("stubby", "Stubby", "S", "#009E73", "3")
FILOPODIA = SpineClass("filopodia", "Filopodia", "F", "#CC79A7", "4")
UNSURE = SpineClass("unsure", "Unsure", "U", "#7A7C7F", "0")
"""A rater looked and could not tell: shown and exported, never trained on as a class."""

# The rest of the Okabe-Ito set, safe for colour-blind eyes, for a project's own classes.
_SPARE_COLOURS = ("#F0E442", "#0072B2", "#D55E00", "#FFFFFF", "#B0A8FF")


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The classes of a project, in the order of their digit keys; `unsure` is always there."""

    classes: tuple[SpineClass, ...] = (MUSHROOM, THIN, STUBBY, FILOPODIA)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(c.id for c in self.classes)

    def find(self, label: str | None) -> SpineClass | None:
        """Return the class with that identifier (`unsure` included), or None."""
        return next((c for c in (*self.classes, UNSURE) if c.id == label), None)

    def for_key(self, key: str) -> SpineClass | None:
        return next((c for c in (*self.classes, UNSURE) if c.key == key), None)

    def with_class(self, label: str) -> LabelSet:
        """Return this set with one more class, unless it is there already."""
        if self.find(label) is not None:
            return self
        n = len(self.classes)
        taken = {c.letter for c in (*self.classes, UNSURE)}
        letter = next((ch for ch in label.upper() if ch.isalnum() and ch not in taken), str(n + 1))
        colour = _SPARE_COLOURS[(n - 4) % len(_SPARE_COLOURS)]
        key = str(n + 1) if n < 9 else ""
        added = SpineClass(label, label.replace("_", " ").capitalize(), letter, colour, key)
        return LabelSet((*self.classes, added))


SPINE_CLASSES = LabelSet()
"""The usual four: mushroom, thin, stubby, filopodia."""
