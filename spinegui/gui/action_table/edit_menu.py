"""The actions of the Edit menu."""

from __future__ import annotations

from spinegui.gui.action_table.spec import (
    FOR_AN_IMAGE,
    ON_AN_IMAGE,
    ON_THE_SELECTION,
    ActionSpec,
    Needs,
)

TO_STEP = Needs.WRITABLE | Needs.PRESENT
EDIT = (
    ActionSpec("undo", "Undo", "Edit", ("Ctrl+Z",), "ph.arrow-u-up-left",
               "Take the last edit back", TO_STEP | Needs.UNDO, in_toolbar=True),
    ActionSpec("redo", "Redo", "Edit", ("Ctrl+Y", "Ctrl+Shift+Z"), "ph.arrow-u-up-right",
               "Do the edit again", TO_STEP | Needs.REDO, in_toolbar=True),
    ActionSpec("reject", "Reject", "Edit", ("X", "Del", "Backspace"), "ph.x",
               "Delete the selected spines, or the one you point at", ON_AN_IMAGE, on_canvas=True,
               separator_before=True),
    ActionSpec("duplicate", "Duplicate", "Edit", ("Ctrl+D",), "ph.copy-simple",
               "Copy the selected box beside itself", ON_THE_SELECTION | Needs.IMAGE_IN_FRONT),
    ActionSpec("merge", "Merge", "Edit", ("G",), "ph.arrows-in-line-horizontal",
               "Make the selected boxes on one spine a single one",
               ON_AN_IMAGE | Needs.SEVERAL_SELECTED, on_canvas=True),
    ActionSpec("split", "Split", "Edit", ("Shift+G",), "ph.arrows-out-line-horizontal",
               "Make one box over two heads two boxes", ON_AN_IMAGE | Needs.ONE_SELECTED,
               on_canvas=True),
    ActionSpec("first_slice", "Seen from this slice on", "Edit", ("Shift+Down",),
               "ph.arrow-line-down", "The selected spines begin in the shown slice",
               ON_THE_SELECTION | Needs.STACK, on_canvas=True),
    ActionSpec("sharpest_slice", "Sharpest in this slice", "Edit", ("Shift+B",), "ph.target",
               "The selected spines are sharpest in the shown slice",
               ON_THE_SELECTION | Needs.STACK, on_canvas=True),
    ActionSpec("last_slice", "Seen up to this slice", "Edit", ("Shift+Up",), "ph.arrow-line-up",
               "The selected spines end in the shown slice",
               ON_THE_SELECTION | Needs.STACK, on_canvas=True),
    ActionSpec("batch_edit", "Batch edit…", "Edit", ("Ctrl+B",), "ph.funnel",
               "Choose spines by size, score, class or state, and change all of them at once",
               FOR_AN_IMAGE),
    ActionSpec("select_all", "Select all", "Edit", ("Ctrl+A",), "ph.selection-all",
               "Select all spines above the threshold", Needs.IMAGE),
    ActionSpec("deselect", "Deselect", "Edit", ("Esc",), "ph.selection-slash",
               "Cancel and deselect", on_canvas=True),
    ActionSpec("history", "History", "Edit", ("Ctrl+H",), "ph.clock-counter-clockwise",
               "Who did what and when; look back, take one thing back", Needs.PROJECT,
               checkable=True, separator_before=True),
    ActionSpec("who_changed", "Who changed this spine", "Edit", ("Ctrl+Shift+H",),
               "ph.user-circle", "What the selected spine went through, and by whom",
               Needs.PROJECT | Needs.ONE_SELECTED),
    ActionSpec("back_to_now", "Back to now", "Edit", (), "ph.clock-clockwise",
               "Show the image as it is again; Esc does the same", Needs.LOOKING_BACK),
)  # fmt: skip
