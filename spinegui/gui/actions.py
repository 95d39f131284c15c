"""Every action as data: menus, toolbar, context menu, palette and the F1 sheet come from here."""

from __future__ import annotations

from spinegui.gui.action_table.edit_menu import EDIT
from spinegui.gui.action_table.export_menu import EXPORT
from spinegui.gui.action_table.file_menu import FILE
from spinegui.gui.action_table.help_menu import HELP
from spinegui.gui.action_table.review_menu import REVIEW
from spinegui.gui.action_table.spec import REASONS, ActionSpec, Needs
from spinegui.gui.action_table.train_menu import TRAIN
from spinegui.gui.action_table.view_menu import VIEW

__all__ = ["ACTIONS", "MENUS", "REASONS", "ActionSpec", "Needs"]

MENUS = ("File", "Edit", "View", "Review", "Train", "Export", "Help")

ACTIONS: tuple[ActionSpec, ...] = (*FILE, *EDIT, *VIEW, *REVIEW, *TRAIN, *EXPORT, *HELP)
