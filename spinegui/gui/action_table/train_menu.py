"""The actions of the Train menu."""

from __future__ import annotations

from spinegui.gui.action_table.spec import ON_AN_IMAGE, ActionSpec, Needs

TRAIN = (
    ActionSpec("detect", "Detect", "Train", ("F5",), "ph.play",
               "Find spines on this image; decisions stay as they are",
               ON_AN_IMAGE | Needs.IDLE_DETECT, in_toolbar=True, is_step=True),
    ActionSpec("detect_all", "Detect on all images", "Train", ("Shift+F5",),
               "ph.fast-forward-circle",
               "Find spines on every image of the project, one after the other",
               Needs.PROJECT | Needs.WRITABLE | Needs.IMAGE | Needs.NO_BATCH),
    ActionSpec("detect_folder", "Detect a folder…", "Train", ("Ctrl+Shift+F5",),
               "ph.folder-simple-plus", "Add a folder's images and find the spines on them",
               Needs.NO_BATCH),
    ActionSpec("skip_reviewed", "Leave reviewed images out", "Train", (), "ph.check-square-offset",
               "Detect on all images but the reviewed ones; decisions are never changed anyway",
               checkable=True),
    ActionSpec("retrain", "Retrain…", "Train", ("Ctrl+T",), "ph.arrows-clockwise",
               "Train on your corrections; you can go on working",
               Needs.PROJECT | Needs.WRITABLE | Needs.DECISIONS | Needs.IDLE_TRAIN,
               in_toolbar=True, separator_before=True, is_step=True),
    ActionSpec("models", "Models…", "Train", ("Ctrl+M",), "ph.cube",
               "See the models, promote one or go back"),
)  # fmt: skip
