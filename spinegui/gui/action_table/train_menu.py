"""The actions of the Train menu."""

from __future__ import annotations

from spinegui.gui.action_table.spec import ON_AN_IMAGE, ActionSpec, Needs

TRAIN = (
    ActionSpec("detect", "Detect", "Train", ("F5",), "ph.play",
               "Find spines on this image; decisions stay as they are",
               ON_AN_IMAGE | Needs.IDLE_DETECT, in_toolbar=True, is_step=True),
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
