"""Deciding in the gallery: one edit for all that is picked, then on to the next crop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.domain.detection import Detection, ReviewState
from spinegui.gui.actions import ACTIONS
from spinegui.gui.flows.offer_undo import offer_undo
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spinegui.domain.edits import Change, Edit
    from spinegui.gui.desk import Desk
    from spinegui.gui.gallery.contents import Contents
    from spinegui.gui.gallery.grid import Grid
    from spinegui.gui.gallery.picks import Picks

LABEL_PREFIX = "label_"
LABELS = tuple(spec.id for spec in ACTIONS if spec.id.startswith(LABEL_PREFIX))


class Deciding:
    """The review keys on what is picked; an edit may span images and is one step of undo."""

    def __init__(self, desk: Desk, contents: Contents, picks: Picks, grid: Grid) -> None:
        self._desk = desk
        self._contents = contents
        self._picks = picks
        self._grid = grid
        self._is_deciding = False
        self._gone: frozenset[str] = frozenset()
        """What decisions took out of the list: an undo that brings it back picks it again."""

    def answers(self) -> dict[str, Callable[[], object]]:
        def label_with(key: str) -> Callable[[], object]:
            return lambda: self._label_key(key)

        return {
            "accept_next": self.accept,
            "reject": self.reject,
            "select_all": self._select_all,
            **{each: label_with(each.removeprefix(LABEL_PREFIX)) for each in LABELS},
        }

    def menu_ids(self) -> tuple[str, ...]:
        """Return the actions of the menu on a crop."""
        return ("accept_next", "reject", *LABELS)

    def label(self, label: str) -> None:
        """Give what is picked that class."""
        document = self._desk.workspace.document
        found = document.label_set.find(label) if document else None
        if found is None:
            return
        name = found.name.lower()
        done = self._decide(
            lambda targets: self._desk.review.label(targets, label),
            lambda n: ntr(
                "{n} spine labelled {name}.", "{n} spines labelled {name}.", n, name=name
            ),
        )
        if done and len(self._picks.chosen) == 1 and self._desk.settings.auto_advance:
            self._picks.step(1)
            self._grid.follow_picks()

    def accept(self) -> None:
        """Accept what is picked; where it stays in the list, go on to the next prediction."""
        before = self._picks.chosen
        targets = self._targets()
        is_open = any(d.state is not ReviewState.ACCEPTED for d in targets)
        if is_open and not self._decide(
            self._desk.review.accept,
            lambda n: ntr("{n} spine accepted.", "{n} spines accepted.", n),
        ):
            return
        if not before or self._picks.chosen & before:
            self._go_on()

    def reject(self) -> None:
        self._decide(
            self._desk.review.reject,
            lambda n: ntr("{n} spine rejected.", "{n} spines rejected.", n),
        )

    def follow_edit(self, edit: Edit) -> None:
        """Let the picks follow the list after an edit, whoever made it."""
        before = self._picks.ids
        self._picks.follow(self._contents.ids, moves_on=self._is_deciding)
        if self._is_deciding:
            self._gone |= frozenset(before) - frozenset(self._picks.ids)
            return
        back = [c.item.id for c in edit.changes if _comes_back(c) and c.item.id in self._gone]
        back = [i for i in self._picks.ids if i in set(back)]
        if back:
            self._gone -= frozenset(back)
            self._picks.choose_ids(back)

    def _targets(self) -> list[Detection]:
        return self._contents.detections(self._picks.in_order())

    def _label_key(self, key: str) -> None:
        document = self._desk.workspace.document
        found = document.label_set.for_key(key) if document else None
        if found is not None:
            self.label(found.id)

    def _decide(
        self, decide: Callable[[Sequence[Detection]], bool], say: Callable[[int], str]
    ) -> bool:
        """Decide on what is picked; say so, with Undo, where crops left the list."""
        targets = self._targets()
        if not targets:
            self._desk.notices.toast(tr("Select crops first: click one, or Ctrl+A takes all."))
            return False
        before = frozenset(self._picks.ids)
        self._is_deciding = True
        try:
            done = decide(targets)
        finally:
            self._is_deciding = False
        n_gone = len(before - frozenset(self._picks.ids))
        if done and n_gone:
            document = self._desk.workspace.document
            assert document is not None
            offer_undo(document, self._desk.notices, say(n_gone))
        return done

    def _go_on(self) -> None:
        """Pick the next prediction after the current crop, round the end."""
        ids = self._contents.ids
        at = self._picks.index_of(self._picks.current) + 1
        for index in (*range(at, len(ids)), *range(at)):
            if self._desk.workspace.is_open(self._contents.crops[ids[index]].detection):
                self._picks.choose(index)
                self._grid.follow_picks()
                return
        self._desk.notices.toast(tr("Every spine shown here is decided."))

    def _select_all(self) -> None:
        self._picks.choose_all()
        self._grid.follow_picks()


def _comes_back(change: Change) -> bool:
    return isinstance(change.item, Detection) and change.after is not None
