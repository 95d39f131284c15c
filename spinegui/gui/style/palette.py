"""Our colours as Qt's palette, so that every Fusion control wears them."""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication, QPalette

from spinegui.gui.style.tokens import DARK, LIGHT, Tokens

_Role = QPalette.ColorRole


def palette_for(tokens: Tokens) -> QPalette:
    """Return the palette of a theme, its disabled group included."""
    palette = QPalette()
    for role, colour in _roles(tokens).items():
        palette.setColor(role, QColor(colour))
    off = QPalette.ColorGroup.Disabled
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(off, role, QColor(tokens.disabled))
    palette.setColor(off, _Role.Highlight, QColor(tokens.hairline))
    palette.setColor(off, _Role.Accent, QColor(tokens.disabled))
    return palette


def tokens_in_use(palette: QPalette | None = None) -> Tokens:
    """Return the theme that a palette, by default the application's, belongs to."""
    window = (palette or QGuiApplication.palette()).color(_Role.Window)
    return DARK if window.lightness() < 128 else LIGHT


def _roles(t: Tokens) -> dict[QPalette.ColorRole, str]:
    return {
        _Role.Window: t.window,
        _Role.WindowText: t.text,
        _Role.Base: t.surface,
        _Role.AlternateBase: t.window,
        _Role.Text: t.text,
        _Role.Button: t.raised,
        _Role.ButtonText: t.text,
        _Role.BrightText: t.danger,
        _Role.ToolTipBase: t.raised,
        _Role.ToolTipText: t.text,
        _Role.PlaceholderText: t.muted,
        _Role.Highlight: t.selected,
        _Role.HighlightedText: t.text,
        _Role.Accent: t.accent,
        _Role.Link: t.accent,
        _Role.LinkVisited: t.accent,
        _Role.Light: t.hover,
        _Role.Midlight: t.hover,
        _Role.Mid: t.hairline,
        _Role.Dark: t.hairline,
        _Role.Shadow: "#000000" if t.is_dark else "#B8B8BA",
    }
