"""What a palette cannot say: heights, hairlines, quiet tool buttons, the one primary button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.gui.style.tokens import (
    CANVAS,
    CONTROL_HEIGHT_PX,
    RADIUS_PX,
    ROW_HEIGHT_PX,
    SMALL_FONT_PX,
    TITLE_FONT_PX,
    VIEWS_GAP,
)
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from spinegui.gui.style.tokens import Tokens


def stylesheet(tokens: Tokens) -> str:
    """Return the stylesheet; a button with the property `primary` wears the accent."""
    return "\n".join(
        (
            _buttons(tokens),
            _fields(tokens),
            _choices(tokens),
            _bars(tokens),
            _tables(tokens),
            _words(tokens),
        )
    )


def _buttons(t: Tokens) -> str:
    inner = CONTROL_HEIGHT_PX - 2
    return f"""
QPushButton {{ min-height: {inner}px; padding: 0 12px; border: 1px solid {t.hairline};
    border-radius: {RADIUS_PX}px; background: {t.raised}; color: {t.text}; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton#class_button {{ text-align: left; }}
QPushButton:pressed {{ background: {t.hairline}; }}
QPushButton:focus {{ border-color: {t.accent}; }}
QPushButton:disabled {{ color: {t.disabled}; background: {t.window}; }}
QPushButton:checked {{ background: {t.selected}; border-color: {t.accent}; }}
QPushButton:flat {{ border-color: transparent; background: transparent; }}
QPushButton:flat:hover {{ background: {t.hover}; }}
QPushButton[primary="true"], QPushButton:default {{ background: {t.accent};
    border-color: {t.accent}; color: {t.on_accent}; font-weight: 500; }}
QPushButton[primary="true"]:hover, QPushButton:default:hover {{ background: {t.accent_hover}; }}
QPushButton[primary="true"]:disabled, QPushButton:default:disabled {{ background: {t.hover};
    border-color: {t.hover}; color: {t.disabled}; }}
QPushButton[row="true"] {{ border-color: transparent; background: transparent; padding: 0 8px;
    text-align: left; }}
QPushButton[row="true"]:hover {{ background: {t.hover}; }}
QPushButton[row="true"]:checked {{ background: {t.selected}; }}
QPushButton[row="true"]:focus {{ border-color: {t.accent}; }}
QToolButton {{ min-height: {inner}px; min-width: 20px; padding: 0 5px;
    border: 1px solid transparent; border-radius: {RADIUS_PX}px; background: transparent;
    color: {t.text}; }}
QToolButton:hover {{ background: {t.hover}; }}
QToolButton:pressed {{ background: {t.hairline}; }}
QToolButton:checked {{ background: {t.selected}; }}
QToolButton:focus {{ border-color: {t.accent}; }}
QToolButton:disabled {{ color: {t.disabled}; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton[primary="true"] {{ background: {t.accent}; color: {t.on_accent}; font-weight: 500; }}
QToolButton[primary="true"]:hover {{ background: {t.accent_hover}; }}
QToolButton[primary="true"]:disabled {{ background: {t.hover}; color: {t.disabled}; }}
"""


def _fields(t: Tokens) -> str:
    return f"""
QLineEdit, QPlainTextEdit, QTextEdit {{ border: 1px solid {t.hairline};
    border-radius: {RADIUS_PX}px; background: {t.surface}; padding: 0 7px;
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit {{ min-height: {CONTROL_HEIGHT_PX - 2}px; }}
QPlainTextEdit, QTextEdit {{ padding: 6px; }}
QLineEdit QToolButton {{ min-height: 0; min-width: 0; padding: 0; border: none;
    background: transparent; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border-color: {t.accent}; }}
QLineEdit:disabled {{ color: {t.disabled}; background: {t.window}; }}
QProgressBar {{ border: none; border-radius: 2px; background: {t.hover}; max-height: 4px;
    min-height: 4px; text-align: right; color: transparent; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
QSlider::groove:horizontal {{ height: 2px; background: {t.hairline}; border-radius: 1px; }}
QSlider::sub-page:horizontal {{ background: {t.muted}; border-radius: 1px; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 6px;
    background: {t.text}; }}
QSlider::handle:horizontal:hover {{ background: {t.accent}; }}
QSlider::handle:horizontal:focus {{ background: {t.accent}; }}
QSlider::handle:horizontal:disabled {{ background: {t.disabled}; }}
"""


def _choices(t: Tokens) -> str:
    return f"""
QComboBox, QAbstractSpinBox {{ min-height: {CONTROL_HEIGHT_PX - 2}px; padding: 0 4px 0 8px;
    border: 1px solid {t.hairline}; border-radius: {RADIUS_PX}px; background: {t.raised}; }}
QComboBox:focus, QAbstractSpinBox:focus {{ border-color: {t.accent}; }}
QComboBox:disabled, QAbstractSpinBox:disabled {{ color: {t.disabled}; background: {t.window}; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url({_image(t, "caret-down")}); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{ border: 1px solid {t.hairline}; background: {t.raised}; }}
QAbstractSpinBox QLineEdit {{ border: none; min-height: 0; padding: 0; background: transparent; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 18px;
    background: transparent; }}
QAbstractSpinBox::up-arrow {{ image: url({_image(t, "caret-up")}); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url({_image(t, "caret-down")}); width: 10px;
    height: 10px; }}
QAbstractSpinBox[plain="true"] {{ padding: 0 4px 0 5px; }}
QAbstractSpinBox[plain="true"]::up-button, QAbstractSpinBox[plain="true"]::down-button {{
    width: 0; }}
QAbstractSpinBox[plain="true"]::up-arrow, QAbstractSpinBox[plain="true"]::down-arrow {{
    image: none; width: 0; height: 0; }}
QCheckBox, QRadioButton {{ spacing: 7px; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {{ width: 14px;
    height: 14px; border: 1px solid {t.muted}; background: {t.surface}; }}
QCheckBox::indicator, QAbstractItemView::indicator {{ border-radius: 3px; }}
QRadioButton::indicator {{ border-radius: 7px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {t.accent}; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{
    border-color: {t.accent}; background: {t.accent}; image: url({_image(t, "tick")}); }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {t.accent};
    border-radius: 8px; background: {t.on_accent}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {t.hairline}; }}
"""


def _image(t: Tokens, name: str) -> str:
    return resource(f"icons/{'dark' if t.is_dark else 'light'}/{name}.svg").as_posix()


def _bars(t: Tokens) -> str:
    return f"""
QMainWindow::separator {{ width: 1px; height: 1px; background: {t.hairline}; }}
QMainWindow::separator:hover {{ background: {t.accent}; }}
QSplitter::handle {{ background: {t.hairline}; }}
QToolBar {{ border: none; border-bottom: 1px solid {t.hairline}; background: {t.window};
    padding: 4px 8px; spacing: 4px; }}
QToolBar::separator {{ width: 1px; background: {t.hairline}; margin: 6px 4px; }}
QStatusBar {{ border-top: 1px solid {t.hairline}; color: {t.muted}; padding: 0 8px; }}
QStatusBar::item {{ border: none; }}
QStatusBar QToolButton {{ min-height: 16px; min-width: 16px; padding: 0; }}
QStatusBar QLabel {{ color: {t.muted}; }}
QMenuBar {{ background: {t.window}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {t.hover}; }}
QMenu {{ background: {t.raised}; border: 1px solid {t.hairline}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::item:selected {{ background: {t.selected}; }}
QMenu::item:disabled {{ color: {t.disabled}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {t.hairline}; margin: 4px 8px; }}
QDockWidget {{ font-weight: 500; }}
QDockWidget::title {{ background: {t.window}; padding: 7px 8px; text-align: left; }}
QTabBar::tab {{ padding: 5px 12px; border: none; border-bottom: 2px solid transparent;
    color: {t.muted}; background: transparent; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabWidget::pane {{ border: none; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.hairline};
    padding: 4px 6px; }}
"""


def _tables(t: Tokens) -> str:
    return f"""
QTableView, QTreeView, QListView {{ border: none; background: {t.surface}; outline: none;
    gridline-color: transparent; selection-background-color: {t.selected};
    selection-color: {t.text}; }}
QTreeView::item, QListView::item {{ min-height: {ROW_HEIGHT_PX}px; }}
QTableView::item {{ padding: 0 5px; }}
QHeaderView {{ background: {t.surface}; }}
QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: none;
    border-bottom: 1px solid {t.hairline}; padding: 4px 8px; font-size: {SMALL_FONT_PX}px;
    font-weight: 500; }}
QHeaderView::section:hover {{ color: {t.text}; }}
QTableCornerButton::section {{ background: {t.surface}; border: none; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {t.hairline}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {t.disabled}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollArea, QFrame#quiet {{ border: none; }}
"""


def _words(t: Tokens) -> str:
    return f"""
QLabel#hint, QLabel[tone="quiet"] {{ color: {t.muted}; }}
QLabel[tone="warning"] {{ color: {t.warning}; }}
QLabel[tone="danger"] {{ color: {t.danger}; }}
QLabel[tone="good"] {{ color: {t.good}; }}
QLabel[tone="heading"] {{ color: {t.muted}; font-size: {SMALL_FONT_PX}px; font-weight: 500; }}
QLabel#headline, QLabel[tone="title"] {{ font-size: {TITLE_FONT_PX}px; font-weight: 500; }}
QLabel#panel_title {{ font-weight: 500; }}
QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QDialog#palette {{ border: 1px solid {t.hairline}; }}
QWidget#hairline {{ background: {t.hairline}; }}
QFrame#guide {{ background: {t.window}; border: none; border-bottom: 1px solid {t.hairline}; }}
QStatusBar QPushButton {{ min-height: 18px; padding: 0 4px; color: {t.muted}; }}
QStatusBar QPushButton:hover {{ color: {t.text}; }}
ImageViews {{ background: {VIEWS_GAP}; }}
QWidget#views_corner {{ background: {CANVAS}; }}
QFrame#banner {{ background: {t.raised}; border-bottom: 1px solid {t.hairline}; }}
QFrame#tour_card {{ background: {t.raised}; border: 1px solid {t.accent};
    border-radius: {RADIUS_PX}px; }}
QFrame#toast {{ background: {t.raised}; border: 1px solid {t.hairline};
    border-radius: {RADIUS_PX}px; }}
QPushButton#toast_action {{ color: {t.accent}; font-weight: 500; }}
"""
