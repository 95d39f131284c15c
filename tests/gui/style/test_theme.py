from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from spinegui.domain.labels import SPINE_CLASSES, UNSURE
from spinegui.gui.actions import ACTIONS
from spinegui.gui.style.icons import icon
from spinegui.gui.style.palette import palette_for, tokens_in_use
from spinegui.gui.style.theme import Theme, apply_theme
from spinegui.gui.style.tokens import CANVAS, DARK, FONT_PX, LIGHT, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    before = qapp.palette(), qapp.font(), qapp.style().name()
    yield qapp
    theme = qapp.findChild(Theme, "theme")
    if theme is not None:
        theme.setParent(None)
        theme.deleteLater()
    qapp.setStyleSheet("")
    qapp.setStyle(before[2])
    qapp.setPalette(before[0])
    qapp.setFont(before[1])


def contrast(a: str, b: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [c / 255 for c in QColor(colour).getRgb()[:3]]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@THEMES
def test_that_text_can_be_read_on_all_it_stands_on(tokens: Tokens):
    for ground in (tokens.window, tokens.surface, tokens.raised, tokens.selected):
        assert contrast(tokens.text, ground) >= 7
    for ground in (tokens.window, tokens.surface, tokens.raised):
        assert contrast(tokens.muted, ground) >= 4.5
    for colour in (tokens.good, tokens.warning, tokens.danger, tokens.accent):
        assert contrast(colour, tokens.surface) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@THEMES
def test_that_greys_do_not_tint_the_eye(tokens: Tokens):
    greys = (tokens.window, tokens.surface, tokens.raised, tokens.hover, tokens.hairline)
    for red, green, blue, _ in (QColor(grey).getRgb() for grey in greys):
        assert max(red, green, blue) - min(red, green, blue) <= 2


@THEMES
def test_that_the_accent_is_no_class_colour(tokens: Tokens):
    hue = QColor(tokens.accent).hue()
    for spine_class in SPINE_CLASSES.classes:
        away = abs(QColor(spine_class.colour).hue() - hue) % 360
        assert min(away, 360 - away) >= 25


def test_that_class_colours_can_be_seen_on_the_canvas():
    for spine_class in (*SPINE_CLASSES.classes, UNSURE):
        assert contrast(spine_class.colour, CANVAS) >= 4.5


@pytest.mark.parametrize(("mode", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_that_the_application_wears_what_was_asked_for(application, mode, tokens):
    apply_theme(application, mode)
    assert application.palette().color(QPalette.ColorRole.Window) == QColor(tokens.window)
    assert tokens_in_use() is tokens
    assert application.font().pixelSize() == FONT_PX
    assert application.styleSheet()


def test_that_the_theme_can_be_changed_at_any_time(application):
    first = apply_theme(application, "dark")
    assert apply_theme(application, "light") is first
    assert not tokens_in_use().is_dark


def test_that_the_stylesheet_leaves_controls_their_height(application, qtbot):
    apply_theme(application, "light")
    button = QPushButton("Detect")
    qtbot.addWidget(button)
    assert button.sizeHint().height() == 28


def test_that_every_action_has_an_icon_that_exists():
    names = {spec.icon for spec in ACTIONS if spec.icon}
    assert names
    for name in names:
        assert not icon(name).isNull()


def test_that_an_unknown_icon_is_an_error():
    with pytest.raises(Exception, match=re.escape("no-such-icon")):
        icon("ph.no-such-icon")


def darkest(of: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> int:
    """Return the greatest opacity-weighted lightness that the icon is drawn in."""
    image = of.pixmap(QSize(32, 32), mode).toImage()
    colours = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    solid = [c.lightness() for c in colours if c.alpha() > 250]
    assert solid
    return min(solid)


def test_that_an_icon_follows_the_theme_and_its_control(application):
    cursor = icon("ph.cursor")
    application.setPalette(palette_for(LIGHT))
    on_light = darkest(cursor)
    assert darkest(cursor, QIcon.Mode.Disabled) > on_light
    application.setPalette(palette_for(DARK))
    assert darkest(cursor) > 150 > on_light


def test_that_neither_canvas_nor_style_load_the_plot_library():
    code = (
        "import sys, spinegui.gui.canvas.image_view, spinegui.gui.style.theme;"
        "print([m for m in ('pyqtgraph', 'matplotlib', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
