"""Items, image references and label sets as canonical JSON: equal values give equal text."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from spinegui.domain.annotation import ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection, How, Origin, ReviewState, Vote
from spinegui.domain.geometry import Box, Point3
from spinegui.domain.image_ref import Calibration, ImageRef, PixelSize
from spinegui.domain.labels import LabelSet, SpineClass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from spinegui.domain.edits import Item

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def canonical(value: object) -> str:
    """Return the one JSON text of a value; ValueError for NaN and infinity, which JSON lacks."""
    # ASCII only: a file name that is not valid UTF-8 could not be stored otherwise.
    return json.dumps(value, allow_nan=False, sort_keys=True, separators=(",", ":"))


def item_to_json(item: Item) -> str:
    """Return the text under which an item is logged, stored and compared."""
    return canonical(_WRITERS[item.kind](item))


def item_from_json(kind: str, text: str) -> Item:
    """Return the item; ValueError where the text is not one of that kind."""
    try:
        return _READERS[kind](json.loads(text))
    except (KeyError, TypeError, AttributeError, IndexError) as err:
        raise ValueError(f"Not a {kind}: {text[:80]}") from err


def image_to_json(ref: ImageRef, relative: str | None) -> str:
    """Return an image's text; `relative` is its path seen from the project's folder."""
    return canonical({**asdict(ref), "relative": relative})


def image_from_json(text: str) -> tuple[ImageRef, str | None]:
    """Return an image and its path seen from the project's folder; ValueError where damaged."""
    try:
        fields = json.loads(text)
        relative = fields.pop("relative")
        size = fields.pop("pixel_size")
        return ImageRef(**fields, pixel_size=PixelSize(**size) if size else None), relative
    except (KeyError, TypeError, AttributeError) as err:
        raise ValueError(f"Not an image: {text[:80]}") from err


def labels_to_json(labels: LabelSet) -> Json:
    """Return a label set as a JSON value."""
    return [dict(asdict(c)) for c in labels.classes]


def labels_from_json(value: Any) -> LabelSet:
    """Return the label set; ValueError where the value is none."""
    try:
        return LabelSet(tuple(SpineClass(**c) for c in value))
    except TypeError as err:
        raise ValueError("Not a label set.") from err


def _float(value: float | None) -> float | None:
    # 1, 1.0, -0.0 and 0.0 are equal as values and must be equal as text.
    return None if value is None else float(value) + 0.0


def _floats(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else [float(v) + 0.0 for v in values]


def _ints(values: tuple[int, int] | None) -> list[int] | None:
    return None if values is None else [int(v) for v in values]


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in fields.items() if v is not None and v not in ("", [])}


def _write_vote(v: Vote) -> list[str]:
    vote = [v.rater, v.label, v.at]
    # A vote by hand in the open reads as it always did: the hashes of older logs stay true.
    return vote if v.how is How.HAND and not v.session else [*vote, str(v.how), v.session]


def _read_vote(
    rater: str, label: str, at: str, how: str = How.HAND.value, session: str = ""
) -> Vote:
    return Vote(rater, label, at, How(how), session)


def _write_detection(d: Detection) -> dict[str, Any]:
    return _without_empty(
        {
            "id": d.id,
            "image_id": d.image_id,
            "box": _floats(d.box.as_xyxy()),
            "z": _float(d.z),
            "z_range": _ints(d.z_range),
            "head": _floats(d.head),
            "base": _floats(d.base),
            "origin": str(d.origin),
            "state": str(d.state),
            "score": _float(d.score),
            "class_scores": [[label, _float(p)] for label, p in d.class_scores],
            "votes": [_write_vote(v) for v in d.votes],
            "model": d.model,
            "proposed_box": d.proposed_box and _floats(d.proposed_box.as_xyxy()),
            "extra": d.extra,
        }
    )


def _read_detection(f: Mapping[str, Any]) -> Detection:
    return Detection(
        id=f["id"],
        image_id=f["image_id"],
        box=Box(*f["box"]),
        z=f.get("z"),
        z_range=_range(f.get("z_range")),
        head=Point3(*f["head"]) if "head" in f else None,
        base=Point3(*f["base"]) if "base" in f else None,
        origin=Origin(f["origin"]),
        state=ReviewState(f["state"]),
        score=f.get("score"),
        class_scores=tuple((label, p) for label, p in f.get("class_scores", ())),
        votes=tuple(_read_vote(*v) for v in f.get("votes", ())),
        model=f.get("model"),
        proposed_box=Box(*f["proposed_box"]) if "proposed_box" in f else None,
        extra=f.get("extra", ""),
    )


def _range(values: list[int] | None) -> tuple[int, int] | None:
    return None if values is None else (values[0], values[1])


def _write_region(r: ReviewedRegion) -> dict[str, Any]:
    box, z_range = _floats(r.box.as_xyxy()), _ints(r.z_range)
    # Left out where false: the text of a region is the same as before there was such a thing.
    unaided = True if r.is_unaided else None
    return _without_empty(
        {"id": r.id, "image_id": r.image_id, "box": box, "z_range": z_range, "unaided": unaided}
    )


def _read_region(f: Mapping[str, Any]) -> ReviewedRegion:
    return ReviewedRegion(
        f["id"], f["image_id"], Box(*f["box"]), _range(f.get("z_range")), f.get("unaided", False)
    )


def _write_state(s: ImageState) -> dict[str, Any]:
    said = {"has_no_spines": True} if s.has_no_spines else {}
    return {"image_id": s.image_id, "is_reviewed": bool(s.is_reviewed), **said}


def _write_channel(c: ImageChannel) -> dict[str, Any]:
    return {"image_id": c.image_id, "channel": int(c.channel)}


def _write_calibration(c: Calibration) -> dict[str, Any]:
    size = c.pixel_size
    um = [_float(v) for v in (size.x_um, size.y_um, size.z_um)]
    return {"image_id": c.image_id, "um": um, "source": size.source}


def _read_calibration(f: Mapping[str, Any]) -> Calibration:
    x_um, y_um, z_um = f["um"]
    return Calibration(f["image_id"], PixelSize(x_um, y_um, z_um, f["source"]))


_WRITERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    Detection.kind: _write_detection,
    ReviewedRegion.kind: _write_region,
    ImageState.kind: _write_state,
    ImageChannel.kind: _write_channel,
    Calibration.kind: _write_calibration,
}
_READERS: dict[str, Callable[[Mapping[str, Any]], Item]] = {
    Detection.kind: _read_detection,
    ReviewedRegion.kind: _read_region,
    ImageState.kind: lambda f: ImageState(
        f["image_id"], f["is_reviewed"], f.get("has_no_spines", False)
    ),
    ImageChannel.kind: lambda f: ImageChannel(f["image_id"], f["channel"]),
    Calibration.kind: _read_calibration,
}
