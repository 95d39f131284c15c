"""Bringing a worker's predictions into the document without holding the window up."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.domain.predictions import merge_predictions
from spinegui.gui.flows.review import new_id
from spinegui.gui.language import tr
from spinegui.jobs.results import ResultError, load_predictions
from spinegui.storage.exchange.content import SCORE_CUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from spinegui.domain.edits import Edit
    from spinegui.gui.background import Background, Task
    from spinegui.gui.document import Document

AT_ONCE = 500
"""So few boxes, known and new together, are compared within a frame."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Make thousands of values that stay, without the garbage collector looking through all.

    A full collection among them holds every thread, the window's too, for a fifth of a second.
    They are handed to it as values that stay: they hold no cycles, and go when nobody wants them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Merging:
    """Compares predictions with what is known beside the window, then pushes one edit.

    A decision that is made meanwhile counts: the comparison is then made again.
    """

    def __init__(self, background: Background) -> None:
        self._background = background

    def take(
        self,
        document: Document,
        image_id: str,
        path: str,
        channel: int,
        on_merged: Callable[[int, Edit], object],
        on_failure: Callable[[Exception], object],
    ) -> None:
        """Merge the predictions in a file.

        `on_merged` gets how many spines they show and the edit, which may be empty; `on_failure` a
        ResultError, or a RuntimeError where the document refused the edit.
        """
        try:
            predictions = load_predictions(Path(path))
        except ResultError as err:
            on_failure(err)
            return
        compare = partial(
            merge_predictions, predictions=predictions, new_id=new_id, channel=channel
        )
        known = document.recorded_annotation(image_id)

        def push(edit: Edit) -> None:
            if document.is_closed:
                return
            if document.recorded_annotation(image_id) != known:
                self.take(document, image_id, path, channel, on_merged, on_failure)
                return
            # A second detection with the same model has nothing to change.
            if edit.changes and not document.push(edit):
                on_failure(RuntimeError("The result could not be saved. Detect again."))
                return
            on_merged(int((predictions.scores >= SCORE_CUT).sum()), edit)

        if len(predictions) + len(known.detections) <= AT_ONCE:
            push(compare(known))
        else:

            def work(_task: Task[Edit]) -> Edit:
                with _uncollected():
                    return compare(known)

            self._background.start(tr("Merging"), work, push, on_failure)
