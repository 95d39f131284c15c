"""The actions of the Export menu."""

from __future__ import annotations

from spinegui.gui.action_table.spec import ActionSpec, Needs

EXPORT = (
    ActionSpec("export_coco", "COCO dataset…", "Export", ("Ctrl+E",), "ph.export",
               "Write the corrected dataset as COCO JSON", Needs.PROJECT),
    ActionSpec("export_table", "Spine table (CSV)…", "Export", ("Ctrl+Shift+E",), "ph.table",
               "Write one row a spine", Needs.PROJECT),
)  # fmt: skip
