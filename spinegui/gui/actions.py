"""Every action as data: menus, toolbar, context menu and the F1 sheet come from here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto


class Needs(Flag):
    """What must be there for an action to make sense; a missing one disables it and says why."""

    NOTHING = 0
    PROJECT = auto()
    WRITABLE = auto()
    IMAGE = auto()
    STACK = auto()
    SELECTION = auto()
    ONE_SELECTED = auto()
    UNDO = auto()
    REDO = auto()
    IDLE_DETECT = auto()
    IDLE_TRAIN = auto()
    DECISIONS = auto()


REASONS = {
    Needs.PROJECT: "Open an image or a project first",
    Needs.WRITABLE: "The project is open read-only",
    Needs.IMAGE: "Open an image first",
    Needs.STACK: "This image has one slice",
    Needs.SELECTION: "Select a spine first",
    Needs.ONE_SELECTED: "Select one spine first",
    Needs.UNDO: "Nothing to undo",
    Needs.REDO: "Nothing to redo",
    Needs.IDLE_DETECT: "A detection is running",
    Needs.IDLE_TRAIN: "A training is running",
    Needs.DECISIONS: "Decide on some spines first: Space accepts one, X rejects it",
}


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the user can do.

    `keys` that are bare letters act only while the image or the spine table has the focus
    (`on_canvas`), so that typing in a field never labels a spine.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    needs: Needs = Needs.NOTHING
    on_canvas: bool = False
    checkable: bool = False
    in_toolbar: bool = False
    separator_before: bool = False
    is_step: bool = False
    """A step of the whole work, whose button in the toolbar is marked when its time has come."""


MENUS = ("File", "Edit", "View", "Review", "Train", "Export", "Help")

_STACK = Needs.IMAGE | Needs.STACK
_EDITABLE = Needs.PROJECT | Needs.WRITABLE | Needs.IMAGE
_ON_SELECTION = _EDITABLE | Needs.SELECTION

_FILE = (
    ActionSpec("open_images", "Open images…", "File", ("Ctrl+O",), "ph.image",
               "Open microscope images; corrections are kept from the first click"),
    ActionSpec("open_folder", "Open folder…", "File", ("Ctrl+Shift+O",), "ph.folder-open",
               "Open all images of a folder"),
    ActionSpec("open_project", "Open project…", "File", ("Ctrl+Alt+O",), "ph.briefcase",
               "Open a .spine project"),
    ActionSpec("new_project", "New project…", "File", ("Ctrl+N",), "ph.file-plus",
               "Start an empty project in a file of your choice"),
    ActionSpec("open_sample", "Open sample project", "File", (), "ph.flask",
               "Make the sample project and open it"),
    ActionSpec("save", "Save", "File", ("Ctrl+S",), "ph.check",
               "Every correction is saved as you make it; this tells where", Needs.PROJECT,
               separator_before=True),
    ActionSpec("save_copy", "Save project copy…", "File", ("Ctrl+Shift+S",), "ph.copy",
               "Write a complete copy of the project", Needs.PROJECT),
    ActionSpec("restore_backup", "Restore backup…", "File", (), "ph.clock-counter-clockwise",
               "Open an earlier state of this project", Needs.PROJECT),
    ActionSpec("import_coco", "Import COCO…", "File", (), "ph.download-simple",
               "Bring in boxes and labels of a COCO file", Needs.PROJECT | Needs.WRITABLE,
               separator_before=True),
    ActionSpec("settings", "Settings…", "File", ("Ctrl+,",), "ph.gear",
               "User name, worker's Python, theme", separator_before=True),
    ActionSpec("quit", "Quit", "File", ("Ctrl+Q",), "ph.sign-out", "Close the window"),
)  # fmt: skip

_EDIT = (
    ActionSpec("undo", "Undo", "Edit", ("Ctrl+Z",), "ph.arrow-u-up-left",
               "Take the last edit back", Needs.UNDO | Needs.WRITABLE, in_toolbar=True),
    ActionSpec("redo", "Redo", "Edit", ("Ctrl+Y", "Ctrl+Shift+Z"), "ph.arrow-u-up-right",
               "Do the edit again", Needs.REDO | Needs.WRITABLE, in_toolbar=True),
    ActionSpec("reject", "Reject", "Edit", ("X", "Del", "Backspace"), "ph.x",
               "Delete the selected spines and go on", _ON_SELECTION, on_canvas=True,
               separator_before=True),
    ActionSpec("duplicate", "Duplicate", "Edit", ("Ctrl+D",), "ph.copy-simple",
               "Copy the selected box beside itself", _ON_SELECTION),
    ActionSpec("select_all", "Select all", "Edit", ("Ctrl+A",), "ph.selection-all",
               "Select all spines above the threshold", Needs.IMAGE),
    ActionSpec("deselect", "Deselect", "Edit", ("Esc",), "ph.selection-slash",
               "Cancel and deselect", on_canvas=True),
)  # fmt: skip

_VIEW = (
    ActionSpec("zoom_in", "Zoom in", "View", ("Ctrl++", "Ctrl+="), "ph.magnifying-glass-plus",
               "Zoom in", Needs.IMAGE),
    ActionSpec("zoom_out", "Zoom out", "View", ("Ctrl+-",), "ph.magnifying-glass-minus",
               "Zoom out", Needs.IMAGE),
    ActionSpec("fit", "Fit to window", "View", ("F",), "ph.arrows-out", "Show the whole image",
               Needs.IMAGE, on_canvas=True),
    ActionSpec("actual_size", "Actual size", "View", ("Ctrl+1",), "ph.frame-corners",
               "One image pixel a screen pixel", Needs.IMAGE),
    ActionSpec("zoom_to_selection", "Zoom to spine", "View", ("Z",), "ph.crosshair",
               "Centre and enlarge the selected spine", Needs.ONE_SELECTED, on_canvas=True),
    ActionSpec("slice_up", "Slice up", "View", ("Up", "E"), "ph.caret-up", "Next slice",
               _STACK, on_canvas=True, separator_before=True),
    ActionSpec("slice_down", "Slice down", "View", ("Down", "Q"), "ph.caret-down",
               "Previous slice", _STACK, on_canvas=True),
    ActionSpec("best_slice", "Best-focus slice", "View", ("B",), "ph.target",
               "Go to the slice where the selected spine is sharpest",
               _STACK | Needs.ONE_SELECTED, on_canvas=True),
    ActionSpec("projection", "Maximum projection", "View", ("M",), "ph.stack",
               "Show the brightest value through all slices (MIP)", _STACK, on_canvas=True,
               checkable=True, in_toolbar=True),
    ActionSpec("auto_contrast", "Auto contrast", "View", ("C",), "ph.circle-half",
               "Set window and level from the image; the data stay as they are", Needs.IMAGE,
               on_canvas=True, in_toolbar=True, separator_before=True),
    ActionSpec("full_contrast", "Full range", "View", ("Shift+C",), "ph.circle",
               "Show the full range of values", Needs.IMAGE, on_canvas=True),
    ActionSpec("lower_threshold", "Lower score threshold", "View", ("[",), "ph.minus",
               "Show less certain predictions too", Needs.IMAGE, on_canvas=True),
    ActionSpec("raise_threshold", "Raise score threshold", "View", ("]",), "ph.plus",
               "Show only more certain predictions", Needs.IMAGE, on_canvas=True),
    ActionSpec("show_boxes", "Boxes", "View", ("H",), "ph.eye",
               "Show boxes; hold the key to see the naked image", Needs.IMAGE, on_canvas=True,
               checkable=True, separator_before=True),
    ActionSpec("show_labels", "Labels", "View", ("L",), "ph.text-aa",
               "Show class letters", Needs.IMAGE, on_canvas=True, checkable=True),
    ActionSpec("predictions_only", "Predictions only", "View", ("P",), "ph.robot",
               "Show only what nobody decided on", Needs.IMAGE, on_canvas=True, checkable=True),
    ActionSpec("show_rejected", "Rejected", "View", (), "ph.eye-slash",
               "Show deleted spines too", Needs.IMAGE, checkable=True),
    ActionSpec("full_screen", "Full screen", "View", ("F11",), "ph.monitor",
               "Only the image", separator_before=True),
)  # fmt: skip

_REVIEW = (
    ActionSpec("accept_next", "Accept and next", "Review", ("Space", "Return", "Enter"),
               "ph.check", "Accept the selected spine and go to the next undecided one", _EDITABLE,
               on_canvas=True),
    ActionSpec("previous_undecided", "Back", "Review", ("Shift+Space",), "ph.arrow-left",
               "Go to the previous undecided spine", Needs.IMAGE, on_canvas=True),
    ActionSpec("accept_all", "Accept all shown", "Review", ("Ctrl+Shift+A",), "ph.checks",
               "Accept every prediction above the threshold on this image", _EDITABLE),
    ActionSpec("label_1", "Label 1", "Review", ("1",), "", "Label the spine", _EDITABLE,
               on_canvas=True, separator_before=True),
    ActionSpec("label_2", "Label 2", "Review", ("2",), "", "Label the spine", _EDITABLE,
               on_canvas=True),
    ActionSpec("label_3", "Label 3", "Review", ("3",), "", "Label the spine", _EDITABLE,
               on_canvas=True),
    ActionSpec("label_4", "Label 4", "Review", ("4",), "", "Label the spine", _EDITABLE,
               on_canvas=True),
    ActionSpec("label_0", "Unsure", "Review", ("0", "U"), "", "Looked at, cannot tell", _EDITABLE,
               on_canvas=True),
    ActionSpec("auto_advance", "Go on after a label", "Review", (), "ph.fast-forward",
               "Select the next undecided spine after each label", checkable=True),
    ActionSpec("select_tool", "Select", "Review", ("S",), "ph.cursor",
               "Click selects, drag moves", Needs.IMAGE, on_canvas=True, checkable=True,
               in_toolbar=True, separator_before=True),
    ActionSpec("draw_tool", "Draw box", "Review", ("R",), "ph.bounding-box",
               "Drag a box around a spine", _EDITABLE, on_canvas=True, checkable=True,
               in_toolbar=True),
    ActionSpec("add_tool", "Add spine", "Review", ("N",), "ph.plus-circle",
               "Click a spine: a box of the usual size is put around it", _EDITABLE,
               on_canvas=True, checkable=True, in_toolbar=True),
    ActionSpec("region_tool", "Reviewed region", "Review", ("W",), "ph.selection-foreground",
               "Drag over the part you looked at; what is not marked there is background",
               _EDITABLE, on_canvas=True, checkable=True, in_toolbar=True),
    ActionSpec("mark_reviewed", "Image reviewed", "Review", ("Ctrl+Return", "Ctrl+Enter"),
               "ph.check-square", "Mark the whole image reviewed (or not)", _EDITABLE,
               checkable=True, in_toolbar=True),
    ActionSpec("clear_regions", "Remove reviewed regions", "Review", (), "ph.eraser",
               "Remove the reviewed regions of this image", _EDITABLE),
    ActionSpec("next_box", "Next spine", "Review", ("Tab",), "ph.caret-right",
               "Select the next spine", Needs.IMAGE, on_canvas=True, separator_before=True),
    ActionSpec("previous_box", "Previous spine", "Review", ("Shift+Tab", "Shift+Backtab"),
               "ph.caret-left", "Select the previous spine", Needs.IMAGE, on_canvas=True),
    ActionSpec("next_image", "Next image", "Review", ("D",), "ph.skip-forward", "Next image",
               Needs.IMAGE, on_canvas=True),
    ActionSpec("previous_image", "Previous image", "Review", ("A",), "ph.skip-back",
               "Previous image", Needs.IMAGE, on_canvas=True),
    ActionSpec("next_unreviewed", "Next unreviewed image", "Review", ("Shift+D",),
               "ph.caret-double-right", "Next image that is not reviewed", Needs.IMAGE,
               on_canvas=True),
    ActionSpec("previous_unreviewed", "Previous unreviewed image", "Review", ("Shift+A",),
               "ph.caret-double-left", "Previous image that is not reviewed", Needs.IMAGE,
               on_canvas=True),
    ActionSpec("set_pixel_size", "Set pixel size…", "Review", (), "ph.ruler",
               "Tell how large a pixel is, in µm", _EDITABLE, separator_before=True),
)  # fmt: skip

_TRAIN = (
    ActionSpec("detect", "Detect", "Train", ("F5",), "ph.play",
               "Find spines on this image; decisions stay as they are",
               _EDITABLE | Needs.IDLE_DETECT, in_toolbar=True, is_step=True),
    ActionSpec("detect_all", "Detect on all images", "Train", ("Shift+F5",),
               "ph.fast-forward-circle", "Find spines on every image of the project",
               Needs.PROJECT | Needs.WRITABLE | Needs.IMAGE | Needs.IDLE_DETECT),
    ActionSpec("retrain", "Retrain…", "Train", ("Ctrl+T",), "ph.arrows-clockwise",
               "Train on your corrections; you can go on working",
               Needs.PROJECT | Needs.WRITABLE | Needs.DECISIONS | Needs.IDLE_TRAIN,
               in_toolbar=True, separator_before=True, is_step=True),
    ActionSpec("models", "Models…", "Train", ("Ctrl+M",), "ph.cube",
               "See the models, promote one or go back"),
)  # fmt: skip

_EXPORT = (
    ActionSpec("export_coco", "COCO dataset…", "Export", ("Ctrl+E",), "ph.export",
               "Write the corrected dataset as COCO JSON", Needs.PROJECT),
    ActionSpec("export_table", "Spine table (CSV)…", "Export", ("Ctrl+Shift+E",), "ph.table",
               "Write one row a spine", Needs.PROJECT),
)  # fmt: skip

_HELP = (
    ActionSpec("shortcuts", "Keys and mouse", "Help", ("F1", "?"), "ph.keyboard",
               "What every key and mouse button does"),
    ActionSpec("palette", "Find a command…", "Help", ("Ctrl+K",), "ph.magnifying-glass",
               "Type what you want to do"),
    ActionSpec("guide", "Guide", "Help", (), "ph.compass",
               "Say above the image what to do next", checkable=True),
    ActionSpec("diagnostics", "Save diagnostics…", "Help", (), "ph.first-aid-kit",
               "Write logs and versions to a zip; nothing is sent anywhere"),
    ActionSpec("about", "About spinegui", "Help", (), "ph.info", "Version and licences"),
)  # fmt: skip

ACTIONS: tuple[ActionSpec, ...] = (*_FILE, *_EDIT, *_VIEW, *_REVIEW, *_TRAIN, *_EXPORT, *_HELP)
