"""What each action calls: the one table between action ids and flows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from spinegui.gui.canvas.tools import Tool
from spinegui.gui.dialogs.models import ModelsDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinegui.gui.desk import Desk

Handlers = dict[str, "Callable[[], object]"]


def handlers(desk: Desk) -> Handlers:
    """Return a call for every id of the action table; the page in front may answer it first."""
    calls = {
        **_files(desk),
        **_edits(desk),
        **_views(desk),
        **_reviews(desk),
        **_jobs(desk),
        **desk.stories.handlers(),
    }
    return {key: partial(desk.front.call, key, call) for key, call in calls.items()}


def _files(desk: Desk) -> Handlers:
    files = desk.files
    return {
        "open_images": files.open_images,
        "open_folder": files.open_folder,
        "open_project": files.open_project,
        "new_project": files.new_project,
        "save": files.say_where_saved,
        "save_copy": files.save_copy,
        "quit": desk.window.close,
    }


def _edits(desk: Desk) -> Handlers:
    decide = desk.decide
    return {
        "undo": desk.workspace.undo,
        "redo": desk.workspace.redo,
        "reject": decide.reject,
        "duplicate": decide.duplicate,
        "select_all": decide.select_all,
        "deselect": decide.deselect,
    }


def _views(desk: Desk) -> Handlers:
    display, canvas = desk.display, desk.canvas
    return {
        "zoom_in": partial(canvas.zoom, 1.25),
        "zoom_out": partial(canvas.zoom, 0.8),
        "fit": canvas.fit,
        "actual_size": canvas.actual_size,
        "zoom_to_selection": display.zoom_to_selection,
        "slice_up": partial(display.step_slice, 1),
        "slice_down": partial(display.step_slice, -1),
        "best_slice": display.best_slice,
        "projection": display.toggle_projection,
        "auto_contrast": display.auto_contrast,
        "full_contrast": display.full_contrast,
        "lower_threshold": partial(display.step_threshold, -1),
        "raise_threshold": partial(display.step_threshold, 1),
        **{
            layer: partial(display.toggle, layer)
            for layer in ("show_boxes", "show_labels", "predictions_only", "show_rejected")
        },
        "full_screen": desk.window.toggle_only_image,
    }


def _reviews(desk: Desk) -> Handlers:
    review, navigate, decide = desk.review, desk.navigate, desk.decide
    return {
        "accept_next": decide.accept_next,
        "previous_undecided": decide.back,
        "accept_all": review.accept_all,
        **{f"label_{key}": partial(decide.label, key) for key in "01234"},
        "auto_advance": decide.toggle_auto_advance,
        "select_tool": partial(desk.canvas.set_tool, Tool.SELECT),
        "draw_tool": partial(desk.canvas.set_tool, Tool.DRAW),
        "add_tool": partial(desk.canvas.set_tool, Tool.ADD),
        "region_tool": partial(desk.canvas.set_tool, Tool.REGION),
        "brush_tool": partial(desk.canvas.set_tool, Tool.BRUSH),
        "mark_reviewed": review.mark_reviewed,
        "clear_regions": review.clear_regions,
        "next_box": partial(navigate.step_detection, 1),
        "previous_box": partial(navigate.step_detection, -1),
        "next_image": partial(navigate.step_image, 1),
        "previous_image": partial(navigate.step_image, -1),
        "next_unreviewed": partial(navigate.next_unreviewed, 1),
        "previous_unreviewed": partial(navigate.next_unreviewed, -1),
    }


def _jobs(desk: Desk) -> Handlers:
    return {
        "detect": desk.detect.run_on_shown,
        "retrain": desk.retrain.run,
        "models": lambda: ModelsDialog(desk.window, desk.models).open(),
    }
