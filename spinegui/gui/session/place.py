"""A place in the work as a value: project, image, view, part of the image, selection, page."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from spinegui.domain.geometry import Box
from spinegui.gui.view_state import ChannelLook, View

_PASSING = frozenset({"show_boxes", "decided_only"})
"""Not kept: boxes hidden yesterday would look like boxes lost today."""


@dataclass(frozen=True, slots=True)
class Place:
    """`seen` is the part of the image on show in px, None where the whole image is fitted."""

    project: str
    image_id: str = ""
    view: View = field(default_factory=View)
    seen: Box | None = None
    selected: tuple[str, ...] = ()
    page: str = ""


def to_text(place: Place) -> str:
    """Return the place as JSON."""
    values = dataclasses.asdict(place)
    values["view"] = {k: v for k, v in values["view"].items() if k not in _PASSING}
    return json.dumps(values)


def from_text(text: str) -> Place | None:
    """Return the place that a text holds, None where it holds none.

    A field that another version wrote and this one does not know is left out.
    """
    try:
        values = json.loads(text)
        seen = values.get("seen")
        return Place(
            project=str(values["project"]),
            image_id=str(values.get("image_id", "")),
            view=_view(values.get("view", {})),
            seen=Box(**seen) if seen else None,
            selected=tuple(map(str, values.get("selected", ()))),
            page=str(values.get("page", "")),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _view(values: dict[str, Any]) -> View:
    found = _known(View, values)
    looks = (_known(ChannelLook, look) for look in found.pop("looks", ()))
    windows = [{**look, "window": _pair(look.get("window"))} for look in looks]
    return View(**found, looks=tuple(ChannelLook(**look) for look in windows))


def _known(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(kind)} - _PASSING
    # JSON has lists where the values have tuples.
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in names}


def _pair(window: Any) -> tuple[float, float] | None:
    return (float(window[0]), float(window[1])) if window else None
