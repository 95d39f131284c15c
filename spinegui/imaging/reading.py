"""The border to foreign files: whatever a damaged one raises becomes one ImageReadError."""

from __future__ import annotations

import errno
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_T = TypeVar("_T")

# tifffile logs what it cannot parse. Without a handler those lines would land on the user's
# terminal, beside the sentence that we say ourselves; a log file of the program still gets them.
logging.getLogger("tifffile").addHandler(logging.NullHandler())
logging.getLogger("imagecodecs").addHandler(logging.NullHandler())


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn every error raised inside into an ImageReadError about the file.

    The only place, with `optional`, that catches Exception: mutated TIFFs make the reader raise
    more than nine unrelated types.
    """
    try:
        yield
    except ImageReadError:
        raise
    except Exception as err:
        raise ImageReadError(_sentence(path, err)) from err


def optional(read: Callable[[], _T | None]) -> _T | None:
    """Return what `read` finds in a file's metadata, None where that is missing or damaged.

    Pixels are worth showing even if a private tag beside them cannot be parsed.
    """
    try:
        return read()
    except Exception:
        logging.getLogger(__name__).info("Metadata could not be read", exc_info=True)
        return None


def _sentence(path: Path, err: Exception) -> str:
    name = path.name
    if isinstance(err, OSError) and err.errno == errno.ENOMEM:  # a mapping, not an array
        err = MemoryError()
    for kind, sentence in (
        (FileNotFoundError, f"There is no file {path}. Check the name, or whether it was moved."),
        (IsADirectoryError, f"{path} is a folder. Choose an image file in it."),
        (PermissionError, f"{name} may not be read by you. Ask for read access, or copy it."),
        (MemoryError, f"{name} needs more memory than is free. Close programs or crop the image."),
        (OSError, f"{name} could not be read ({_short(err)}). Check the disk or the network."),
    ):
        if isinstance(err, kind):
            return sentence
    if "imagecodecs" in str(err):
        return needs_codec(name, str(err))
    if str(err).startswith("not a TIFF file"):
        return f"{name} is not a TIFF file. Choose a TIFF, or export the image as one."
    return (
        f"{name} is damaged or not a TIFF file ({_short(err)}). "
        "Copy it again, or export it anew as TIFF from the program that made it."
    )


def needs_codec(name: str, reason: str) -> str:
    """Say which compression is missing and the command that brings it."""
    return (
        f"{name} is compressed in a way that the base install cannot read ({_tidy(reason)}). "
        'Run pip install "spinegui[formats]", or save the file without compression.'
    )


def _short(err: Exception) -> str:
    reason = err.strerror if isinstance(err, OSError) else None
    return _tidy(reason or str(err) or type(err).__name__)


def _tidy(text: str) -> str:
    # Control characters of a damaged tag must not reach a dialog or a terminal.
    clean = "".join(ch if ch.isprintable() else " " for ch in text)
    clean = " ".join(clean.split()).strip(".'\"")
    return clean if len(clean) <= 120 else clean[:117] + "..."
