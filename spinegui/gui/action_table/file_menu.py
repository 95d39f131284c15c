"""The actions of the File menu."""

from __future__ import annotations

from spinegui.gui.action_table.spec import ActionSpec, Needs

FILE = (
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
