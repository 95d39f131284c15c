from __future__ import annotations

import errno

import pytest

from spinegui.backends.base import BackendError
from spinegui.imaging.source import ImageReadError
from spinegui.worker.failure import describe


class LabError(BackendError):
    """What a backend from elsewhere raises."""


@pytest.mark.parametrize(
    ("error", "what", "what_to_do"),
    [
        (ImageReadError("a.tif is cut off. Copy it again."), "a.tif is cut off.", "Copy it again."),
        (LabError("No laser. Switch it on."), "No laser.", "Switch it on."),
        (MemoryError(), "The job needs more memory than is free on this computer.", "smaller"),
        (ModuleNotFoundError("x", name="torch"), "The module torch is missing here.", "doctor"),
        (OSError(errno.ENOSPC, "No space", "/a"), "The disk is full.", "Make room"),
        (PermissionError(errno.EACCES, "Permission denied", "/a"), "/a could not be used", "again"),
        (SystemExit(3), "The model's code ended the worker.", "worker.log"),
        (RecursionError(), "unexpected error (RecursionError).", "worker.log"),
        (ValueError("bad\nvery bad"), "unexpected error (ValueError: bad).", "worker.log"),
        (KeyError("z"), "unexpected error (KeyError: 'z').", "worker.log"),
    ],
)
def test_that_every_error_becomes_two_sentences(
    error: BaseException, what: str, what_to_do: str
) -> None:
    found = describe(error)
    assert what in found[0]
    assert what_to_do in found[1]
    assert all(text.endswith(".") and "\n" not in text for text in found)
