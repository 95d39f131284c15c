"""The colours and sizes of the window in light and dark: the one place that names them."""

from __future__ import annotations

from dataclasses import dataclass

CANVAS = "#0E1013"
"""Behind the image, in both themes: the image is the brightest thing on the screen."""

VIEWS_GAP = "#26292E"
"""Between the image and its sections, in both themes: just told apart from what they lie on."""

GRID_PX = 4
CONTROL_HEIGHT_PX = 28
ROW_HEIGHT_PX = 24
FONT_PX = 13
SMALL_FONT_PX = 11
TITLE_FONT_PX = 16
RADIUS_PX = 5


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. The greys are neutral: a tinted frame would tint what the eye sees in the image.

    `accent` marks the primary action, the selection and progress, and nothing else; it is apart
    from every class colour. `on_accent` is text on it, `selected` what lies behind selected rows.
    `series` are the lines of plots, in their order: the Okabe-Ito hues, as dark or light as the
    ground asks for.
    """

    is_dark: bool
    window: str
    surface: str
    raised: str
    hover: str
    hairline: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    selected: str
    good: str
    warning: str
    danger: str
    series: tuple[str, ...]


LIGHT = Tokens(
    is_dark=False,
    window="#F4F4F4",
    surface="#FFFFFF",
    raised="#FFFFFF",
    hover="#E8E8E9",
    hairline="#DADADB",
    text="#1C1C1D",
    muted="#646567",
    disabled="#A4A5A7",
    accent="#4C55C4",
    accent_hover="#5B64D2",
    on_accent="#FFFFFF",
    selected="#DEE0F5",
    good="#1F7A4D",
    warning="#8A5A00",
    danger="#B3261E",
    series=("#0072B2", "#C25100", "#00785A", "#A8437F", "#7A6A00", "#5B5C60"),
)

DARK = Tokens(
    is_dark=True,
    window="#1B1B1C",
    surface="#212122",
    raised="#2C2C2E",
    hover="#353537",
    hairline="#38383A",
    text="#E7E7E8",
    muted="#A3A4A6",
    disabled="#6A6B6D",
    accent="#8F98F2",
    accent_hover="#A3ABF7",
    on_accent="#15161C",
    selected="#353852",
    good="#6CC497",
    warning="#E3B25C",
    danger="#F28B82",
    series=("#56B4E9", "#E69F00", "#2DC197", "#DE9CC3", "#F0E442", "#B4B6BA"),
)
