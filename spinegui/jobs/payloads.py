"""What each kind of job is asked: frozen dataclasses with `to_json` and `from_json`.

`from_json` raises JobSpecError. Model and image paths are absolute; a payload's own files are named
relative to the job folder.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from spinegui.domain.image_ref import PixelSize
from spinegui.jobs.spec import JobSpecError
from spinegui.storage.strict_json import Fields, StrictJsonError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ProjectionChoice(StrEnum):
    """How a stack is seen by the detector."""

    NONE = "none"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class ImageInput:
    """One image to detect in.

    `pixel_size` overrides the file's own; `sha256`, where given, must be that of the file's bytes.
    """

    path: str
    pixel_size: PixelSize | None = None
    channel: int = 0
    time: int = 0
    projection: str = ProjectionChoice.NONE
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class DetectPayload:
    """Detect in these images; `detector` and `classifier` are model folders.

    Result `result/000000.npz` ... is written for each image in order, see `results`.
    """

    images: tuple[ImageInput, ...]
    detector: str
    classifier: str | None = None
    min_score: float = 0.01

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "images": [asdict(image) for image in self.images]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DetectPayload:
        def read(d: Fields) -> DetectPayload:
            return cls(
                images=tuple(_image_input(Fields.of(i, "images")) for i in d.items("images")),
                detector=d.text("detector"),
                classifier=_text(d, "classifier"),
                min_score=d.number("min_score"),
            )

        return _read(data, read)


@dataclass(frozen=True, slots=True)
class ClassifyPayload:
    """Classify the boxes of a COCO file in the job folder; `classifier` is a model folder.

    Result `result/classified.json`: a list with one object an annotation, see `results`.
    """

    coco: str
    images_root: str
    classifier: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClassifyPayload:
        def read(d: Fields) -> ClassifyPayload:
            return cls(d.text("coco"), d.text("images_root"), d.text("classifier"))

        return _read(data, read)


@dataclass(frozen=True, slots=True)
class TrainPayload:
    """Train a model from COCO files in the job folder.

    `base` is a model folder to continue from, or the name of a backend to start fresh. Results:
    `result/model/`, `result/metrics.json`, predictions on the validation images before and after.
    Where there is no validation set, `folds` of 2 or more measure by cross-validation over the
    training images; those measured are then listed in `result/measured_set.json`. `settings` are
    handed to the backend's trainer, which knows their names. `against` is the model folder that
    "before" is, the base's where none is named.
    """

    training_set: str
    validation: str | None
    images_root: str
    roles: tuple[str, ...]
    base: str
    name: str
    epochs: int | None = None
    seed: int = 0
    folds: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    against: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "roles": list(self.roles), "settings": dict(self.settings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainPayload:
        def read(d: Fields) -> TrainPayload:
            return cls(
                training_set=d.text("training_set"),
                validation=_text(d, "validation"),
                images_root=d.text("images_root"),
                roles=_texts(d, "roles"),
                base=d.text("base"),
                name=d.text("name"),
                epochs=d.whole("epochs") if d.has("epochs") else None,
                seed=d.whole("seed"),
                folds=_folds(d),
                settings=_text_map(d, "settings"),
                against=_text(d, "against"),
            )

        return _read(data, read)


@dataclass(frozen=True, slots=True)
class ShaftsPayload:
    """Trace the shafts of these images.

    Result `result/000000.npz` ... is written for each image in order: centre lines, see `results`.
    """

    images: tuple[ImageInput, ...]

    def to_json(self) -> dict[str, Any]:
        return {"images": [asdict(image) for image in self.images]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ShaftsPayload:
        def read(d: Fields) -> ShaftsPayload:
            return cls(tuple(_image_input(Fields.of(i, "images")) for i in d.items("images")))

        return _read(data, read)


_P = TypeVar("_P", DetectPayload, ClassifyPayload, TrainPayload, ShaftsPayload)


def _read(data: Mapping[str, Any], reader: Callable[[Fields], _P]) -> _P:
    try:
        return reader(Fields.of(data, "payload"))
    except ValueError as err:
        raise JobSpecError(
            f"The job does not say what to do ({err}). "
            "Start it again from the window or the command line."
        ) from err


def _image_input(data: Fields) -> ImageInput:
    return ImageInput(
        path=data.text("path"),
        pixel_size=_pixel_size(data.values.get("pixel_size")),
        channel=data.whole("channel"),
        time=data.whole("time"),
        projection=ProjectionChoice(data.text("projection")),
        sha256=_text(data, "sha256"),
    )


def _pixel_size(data: object) -> PixelSize | None:
    if data is None:
        return None
    d = Fields.of(data, "pixel_size")
    z_um = d.number("z_um") if d.has("z_um") else None
    return PixelSize(d.number("x_um"), d.number("y_um"), z_um, d.text("source"))


def _folds(data: Fields) -> int:
    folds = data.whole("folds") if data.has("folds") else 0
    if folds < 0 or folds == 1:
        data.fail("folds", "0 or a number from 2 up")
    return folds


def _text(data: Fields, key: str) -> str | None:
    return data.text(key) if data.has(key) else None


def _text_map(data: Fields, key: str) -> dict[str, str]:
    values = Fields.of(data.values[key] if data.has(key) else {}, key)
    return {name: values.text(name) for name in values.values}


def _texts(data: Fields, key: str) -> tuple[str, ...]:
    values = data.items(key)
    if not all(isinstance(v, str) for v in values):
        raise StrictJsonError(f"{key} is not a list of texts.")
    return tuple(str(v) for v in values)
