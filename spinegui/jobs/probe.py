"""What an interpreter can do, as `python -m spinegui.worker --probe` tells it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from spinegui.storage.strict_json import Fields, StrictJsonError, parse_strict


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """One backend and the modules that this interpreter lacks to run its models, to train them."""

    name: str
    roles: tuple[str, ...]
    missing: tuple[str, ...]
    missing_for_training: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether its models can be run."""
        return not self.missing

    @property
    def can_train(self) -> bool:
        return "trainer" in self.roles and not (self.missing or self.missing_for_training)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """An interpreter's answer, or in `problem` two sentences why there is none."""

    python: str
    version: str = ""
    python_version: str = ""
    backends: tuple[BackendInfo, ...] = ()
    libraries: tuple[tuple[str, str], ...] = ()
    devices: tuple[str, ...] = ()
    problem: str | None = None

    def to_line(self) -> str:
        """Return it as one JSON line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> ProbeResult:
        """Read what `to_line` wrote. Raises ValueError."""
        data = Fields.of(parse_strict(line), "The answer")
        return cls(
            python=data.text("python"),
            version=data.text("version"),
            python_version=data.text("python_version"),
            backends=tuple(_backend(Fields.of(b, "backends")) for b in data.items("backends")),
            libraries=tuple(_pair(p) for p in data.items("libraries")),
            devices=_texts(data, "devices"),
            problem=data.text("problem") if data.has("problem") else None,
        )


def _backend(data: Fields) -> BackendInfo:
    return BackendInfo(
        data.text("name"),
        _texts(data, "roles"),
        _texts(data, "missing"),
        _texts(data, "missing_for_training"),
    )


def _pair(value: object) -> tuple[str, str]:
    match value:
        case [str(name), str(version)]:
            return name, version
        case _:
            raise StrictJsonError(f"libraries holds {value!r}.")


def _texts(data: Fields, key: str) -> tuple[str, ...]:
    return tuple(str(v) for v in data.items(key))
