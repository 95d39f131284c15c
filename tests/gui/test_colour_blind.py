"""Classes stay apart for colour-blind eyes, and never by colour alone.

Colours as seen without one kind of cone: Viénot, Brettel and Mollon, "Digital video colourmaps for
checking the legibility of displays by dichromats", Color Res. Appl. 24 (1999) 243-252, for protan
and deutan eyes; for tritan eyes the same one-plane form on their LMS fundamentals, after Brettel,
Viénot and Mollon, J. Opt. Soc. Am. A 14 (1997) 2647-2655. Distances: CIE 1976 ΔE*ab under D65.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from spinegui.domain.labels import SPINE_CLASSES, UNSURE

LEAST_DELTA_E = 12.0
"""An eye tells colours apart side by side from a ΔE of about 2.3 on; this is five times as far."""
CLASSES = (*SPINE_CLASSES.classes, UNSURE)
RGB_TO_LMS = np.array([[17.8824, 43.5161, 4.11935],
                       [3.45565, 27.1554, 3.86714],
                       [0.0299566, 0.184309, 1.46709]])  # fmt: skip
WITHOUT = {
    "protan": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "deutan": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
    "tritan": np.array([[1, 0, 0], [0, 1, 0], [-0.395913, 0.801109, 0]]),
    "usual": np.eye(3),
}
RGB_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375],
                       [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
WHITE = RGB_TO_XYZ @ np.ones(3)


def linear(colour: str) -> np.ndarray:
    """ "#RRGGBB" as linear sRGB, 0 to 1."""
    raw = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    t = RGB_TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: str, eye: str) -> np.ndarray:
    """L*a*b* of a colour for that eye."""
    back = np.linalg.inv(RGB_TO_LMS)
    return lab(back @ WITHOUT[eye] @ RGB_TO_LMS @ linear(colour))


@pytest.mark.parametrize("eye", WITHOUT)
def test_that_class_colours_are_told_apart(eye: str) -> None:
    near = {
        (a.id, b.id): round(float(np.linalg.norm(seen(a.colour, eye) - seen(b.colour, eye))), 1)
        for a, b in combinations(CLASSES, 2)
    }
    assert {pair: far for pair, far in near.items() if far < LEAST_DELTA_E} == {}


def test_that_white_and_grey_stay_what_they_are_for_every_eye() -> None:
    for eye in WITHOUT:
        assert seen("#FFFFFF", eye) == pytest.approx(lab(np.ones(3)), abs=2.5)


def test_that_every_class_has_a_letter_of_its_own() -> None:
    letters = [c.letter for c in CLASSES]
    assert len(set(letters)) == len(letters)
    assert all(len(letter) == 1 for letter in letters)
