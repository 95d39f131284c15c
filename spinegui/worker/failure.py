"""Two sentences for whatever stopped a job."""

from __future__ import annotations

import errno

from spinegui.jobs.sentences import split_sentences

_LONGEST = 300
_AGAIN = "Try again; if it happens again, send worker.log from the job's folder to the developers."


def describe(error: BaseException) -> tuple[str, str]:
    """Return what happened and what to do."""
    if _is_ours(error):
        return split_sentences(str(error))
    what, what_to_do = f"The job stopped on an unexpected error ({_text_of(error)}).", _AGAIN
    match error:
        case MemoryError():
            what = "The job needs more memory than is free on this computer."
            what_to_do = (
                "Close other programs or use fewer or smaller images, then start the job again."
            )
        case ImportError(name=str(name)):
            what = f"The module {name} is missing here."
            what_to_do = "`spinegui doctor` says what to install."
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            what, what_to_do = "The disk is full.", "Make room, then start the job again."
        case OSError(filename=str(name), strerror=str(reason)):
            what = f"{name} could not be used ({reason})."
        case SystemExit():
            what = "The model's code ended the worker."
    return what, what_to_do


def _text_of(error: BaseException) -> str:
    first_line = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first_line[:_LONGEST]}".strip(": ")


def _is_ours(error: BaseException) -> bool:
    """Tell whether it is, or derives from, an error whose text was written for the user."""
    return any(kind.__module__.startswith("spinegui.") for kind in type(error).__mro__)
