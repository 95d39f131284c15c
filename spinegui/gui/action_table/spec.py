"""What an action is, and what must be there for it to make sense."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

from spinegui.gui.language import later


class Needs(Flag):
    """What must be there for an action to make sense; a missing one disables it and says why."""

    NOTHING = 0
    PROJECT = auto()
    WRITABLE = auto()
    IMAGE = auto()
    SEEN = auto()
    STACK = auto()
    CHANNELS = auto()
    TIMES = auto()
    SELECTION = auto()
    ONE_SELECTED = auto()
    SEVERAL_SELECTED = auto()
    UNDO = auto()
    REDO = auto()
    IDLE_DETECT = auto()
    NO_BATCH = auto()
    IDLE_TRAIN = auto()
    DECISIONS = auto()
    IMAGE_IN_FRONT = auto()
    SIGHTED = auto()
    BLIND = auto()
    QUEUE = auto()
    TILES = auto()
    PRESENT = auto()
    LOOKING_BACK = auto()


# An action's id in braces stands for its key.
REASONS = {
    Needs.PROJECT: later("Open an image or a project first"),
    Needs.WRITABLE: later("The project is open read-only"),
    Needs.IMAGE: later("Open an image first"),
    Needs.SEEN: later("The image cannot be seen: its file is not there, or cannot be read"),
    Needs.STACK: later("This image has one slice"),
    Needs.CHANNELS: later("This image has one channel"),
    Needs.TIMES: later("This image has one time point"),
    Needs.SELECTION: later("Select a spine first"),
    Needs.ONE_SELECTED: later("Select one spine first"),
    Needs.SEVERAL_SELECTED: later("Select two or more spines first: Ctrl+click adds one"),
    Needs.UNDO: later("Nothing to undo"),
    Needs.REDO: later("Nothing to redo"),
    Needs.IDLE_DETECT: later("A detection is running"),
    Needs.NO_BATCH: later("A batch is running: see the jobs"),
    Needs.IDLE_TRAIN: later("A training is running"),
    Needs.DECISIONS: later(
        "Decide on some spines first: {accept_next} accepts one, {reject} rejects it"
    ),
    Needs.SIGHTED: later("A blind session is on; end it first"),
    Needs.BLIND: later("No blind session is on"),
    Needs.IMAGE_IN_FRONT: later("Go back to the image first: {gallery}"),
    Needs.QUEUE: later("Start the review queue first: {queue}"),
    Needs.TILES: later("Start the walk from tile to tile first: {tile_next}"),
    Needs.PRESENT: later("This is how it was. Go back to now to edit"),
    Needs.LOOKING_BACK: later("The image is shown as it is now"),
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
    submenu: str = ""
    """The part of its menu that it stands in; it opens where its first action would stand."""

    @property
    def place(self) -> tuple[str, ...]:
        """Where it is found: its menu, and the part of it where there is one."""
        return (self.menu, self.submenu) if self.submenu else (self.menu,)

    @property
    def all_needs(self) -> Needs:
        """Its needs; what acts on the canvas also needs the image to be in front."""
        return self.needs | Needs.IMAGE_IN_FRONT if self.on_canvas else self.needs


ON_A_STACK = Needs.IMAGE | Needs.STACK
FOR_AN_IMAGE = Needs.PROJECT | Needs.WRITABLE | Needs.IMAGE | Needs.PRESENT
"""To change something about the shown image, or to go on from it."""
ON_AN_IMAGE = FOR_AN_IMAGE | Needs.SEEN
"""To decide on what is to be seen on it."""
ON_THE_SELECTION = ON_AN_IMAGE | Needs.SELECTION
