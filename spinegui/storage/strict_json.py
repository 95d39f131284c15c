"""JSON from files that anybody may have written: bounded, finite, and checked field by field."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

MAX_JSON_BYTES = 256 << 20


class StrictJsonError(ValueError):
    """The text is not JSON that we accept; str() is a sentence."""


def load_strict(path: Path, *, max_bytes: int = MAX_JSON_BYTES) -> object:
    """Return a JSON file's value; raises StrictJsonError or OSError.

    Python's reader takes NaN and turns 1e999 into infinity; both are refused here, and so are
    files over `max_bytes` and nesting that would exhaust the stack.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise StrictJsonError(f"It holds {size >> 20} MiB; {max_bytes >> 20} MiB is the limit.")
    return parse_strict(path.read_bytes())


def parse_strict(raw: bytes | str) -> object:
    """Return the value of a JSON text; raises StrictJsonError."""
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        value: object = json.loads(text, parse_float=_finite, parse_constant=_refuse_constant)
    except StrictJsonError:
        raise
    except RecursionError as err:
        raise StrictJsonError("Its brackets are nested too deeply.") from err
    except UnicodeDecodeError as err:
        raise StrictJsonError("It is not UTF-8 text.") from err
    except json.JSONDecodeError as err:
        raise StrictJsonError(f"It is not JSON: {err.msg} in line {err.lineno}.") from err
    except ValueError as err:  # an integer of thousands of digits
        raise StrictJsonError("It holds a number that is too long.") from err
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise StrictJsonError(f"It holds {text[:20]}, which is too large for a number.")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise StrictJsonError(f"It holds {text}, which is not a number.")


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object and where it stands in its file; each getter checks what it returns.

    Every getter raises StrictJsonError, naming the place and the field.
    """

    where: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, value: object, where: str) -> Fields:
        if not isinstance(value, Mapping):
            raise StrictJsonError(f"{where} is not an object.")
        return cls(where, value)

    def fail(self, key: str, wanted: str) -> NoReturn:
        raise StrictJsonError(f'{self.where}: "{key}" is not {wanted}.')

    def has(self, key: str) -> bool:
        """Tell whether the field is there and not null."""
        return self.values.get(key) is not None

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            self.fail(key, "a text")
        return value

    def number(self, key: str) -> float:
        return self._number(key, self.values.get(key))

    def whole(self, key: str) -> int:
        value = self.values.get(key)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(key, "a whole number")
        return value

    def ident(self, key: str) -> int | str:
        """Return an identifier: a whole number or a text."""
        value = self.values.get(key)
        if isinstance(value, str) and value:
            return value
        return self.whole(key)

    def items(self, key: str) -> list[object]:
        value = self.values.get(key)
        if not isinstance(value, list):
            self.fail(key, "a list")
        return value

    def numbers(self, key: str, n: int) -> tuple[float, ...]:
        values = self.items(key)
        if len(values) != n:
            self.fail(key, f"a list of {n} numbers")
        return tuple(self._number(key, value) for value in values)

    def slices(self, key: str) -> tuple[int, int]:
        """Return an inclusive range of slices."""
        first, last = self.numbers(key, 2)
        if not (first.is_integer() and last.is_integer() and 0 <= first <= last):
            self.fail(key, "a first and a last slice")
        return int(first), int(last)

    def rest(self, known: frozenset[str]) -> dict[str, object]:
        """Return the fields that are not in `known`."""
        return {key: value for key, value in self.values.items() if key not in known}

    def _number(self, key: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, "a number")
        try:
            number = float(value)
        except OverflowError:
            self.fail(key, "a number of a usable size")
        if not math.isfinite(number):
            self.fail(key, "a finite number")
        return number
