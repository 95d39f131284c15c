"""What the command line says: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from spinegui.storage.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class UsageError(Exception):
    """Bad arguments or unreadable input: exit code 2. The text says what happened, what to do."""


class WorkError(Exception):
    """The work failed: exit code 1. The text says what happened and what to do."""


class Console:
    """The terminal of one verb."""

    def __init__(self, *, is_quiet: bool = False, as_json: bool = False) -> None:
        self.is_quiet = is_quiet
        self.as_json = as_json

    def show(self, text: str) -> None:
        """Write a line of the result itself, unless that goes out as JSON."""
        if not self.as_json:
            print(text, flush=True)

    def say(self, text: str) -> None:
        """Write a remark about the result; nothing with --quiet."""
        if not self.is_quiet:
            self.show(text)

    def note(self, text: str) -> None:
        """Write a line beside the result, to stderr."""
        if not self.is_quiet:
            print(text, file=sys.stderr)

    def result(self, data: object) -> None:
        """Write the machine-readable result where it was asked for."""
        if self.as_json:
            # Escaped: whatever the terminal's encoding, the other program reads the same text.
            print(json.dumps(data, indent=1, allow_nan=False))

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int, str], None]]:
        """Show a bar with the time left on a terminal; yields `step(done, total, text)`."""
        if self.is_quiet or not sys.stderr.isatty():
            yield _no_step
            return
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        with Progress(*columns, console=RichConsole(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=None)

            def step(done: int, total: int, text: str = "") -> None:
                shown = f"{title}: {text}" if text else title
                bar.update(task, completed=done, total=total or None, description=shown)

            yield step


def say_error(text: object) -> None:
    """Write what went wrong to stderr."""
    print(str(text), file=sys.stderr)


def _no_step(done: int, total: int, text: str = "") -> None:
    """Take no notice."""
    del done, total, text


def write_json(path: Path, data: object, *, overwrite: bool) -> None:
    """Write a result file whole. Raises UsageError where it exists and may not be replaced."""
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        write_whole(path, text + "\n", overwrite=overwrite)
    except FileExistsError as err:
        refuse_existing(path, err)
    except OSError as err:
        raise not_writable(path, err) from err


def not_writable(path: Path, err: OSError) -> WorkError:
    """Return the error about an output that the disk refused."""
    return WorkError(f"{path} cannot be written ({err.strerror or err}). Choose another place.")


def check_output(path: Path, *, overwrite: bool) -> None:
    """Refuse an output before the work begins, not after it. Raises UsageError."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file in it.")
    if path.exists() and not overwrite:
        refuse_existing(path)
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"The folder {folder} does not exist. Make it first.")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"Nothing can be written in {folder}. Choose another place.")


def check_folder(path: Path, option: str) -> None:
    """Refuse a folder of inputs that is none. Raises UsageError."""
    if not path.is_dir():
        raise UsageError(f"The folder {path} does not exist. Correct {option}.")


def refuse_existing(path: Path, cause: Exception | None = None) -> NoReturn:
    raise UsageError(f"{path} exists already. Choose another name or add --overwrite.") from cause
