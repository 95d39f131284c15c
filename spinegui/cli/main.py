"""From arguments to a verb, and from what went wrong to an exit code and one sentence."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.cli import (
    classifying,
    demo,
    detecting,
    doctor,
    evaluating,
    exporting,
    history,
    importing,
    models,
    training,
)
from spinegui.cli.console import Console, UsageError, WorkError, say_error
from spinegui.cli.window import window

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = {
    "demo": demo,
    "detect": detecting,
    "classify": classifying,
    "train": training,
    "evaluate": evaluating,
    "import": importing,
    "export": exporting,
    "log": history,
    "models": models,
    "doctor": doctor,
}
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code: 0 done, 1 failed, 2 bad input, 130 interrupted."""
    _prepare_streams()
    try:
        code = _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except (UsageError, WorkError) as err:
        say_error(err)
        return USAGE if isinstance(err, UsageError) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except OSError as err:
        say_error(f"The disk refused ({err}). Check the place and its free space.")
        return FAILED
    return code


def _run(arguments: Sequence[str]) -> int:
    if not arguments or not (arguments[0] in VERBS or arguments[0].startswith("-")):
        return _open_window(arguments)
    if arguments[0] == "--":
        return _open_window(arguments[1:])
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as end:  # --help, --version, or arguments that argparse explained
        return end.code if isinstance(end.code, int) else USAGE
    if options.run is None:
        return _open_window([])
    code = options.run(options, Console(is_quiet=options.quiet, as_json=options.json))
    return code or DONE


def _open_window(names: Sequence[str]) -> int:
    paths = [Path(name) for name in names]
    for path in paths:
        if not path.exists():
            raise UsageError(
                f"{path} does not exist and is no verb. Check the name, or see “spinegui --help”."
            )
    return window()(paths)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spinegui",
        description="Review dendritic-spine predictions, correct them, retrain from corrections. "
        "Without a verb, opens the window: spinegui [PROJECT.spine | IMAGE ... | FOLDER]",
    )
    parser.add_argument("--version", action="version", version=f"spinegui {__version__}")
    parser.set_defaults(run=None, quiet=False, json=False)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    for name, module in VERBS.items():
        verb = verbs.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(verb)
        _add_output_options(verb)
        verb.set_defaults(run=module.run)
    return parser


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    """Add --quiet and --json to a verb and, where it has some, to its actions."""
    # Suppressed: an action's default would undo what was said before the action's name.
    output = parser.add_argument_group("output")
    for option, text in (
        ("--quiet", "show no progress and no remarks"),
        ("--json", "write a machine-readable result to stdout"),
    ):
        output.add_argument(option, action="store_true", default=argparse.SUPPRESS, help=text)
    for action in parser._actions:  # noqa: SLF001  argparse tells a parser's children nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for child in action.choices.values():
                _add_output_options(child)


def _prepare_streams() -> None:
    # What a library logs of an image that it cannot read, we say in a sentence of our own.
    logging.getLogger().addHandler(logging.NullHandler())
    # A Windows console may lack “µ” and “→”; a message with “?” in it is better than none.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_stdout() -> None:
    # Whoever read our output has gone; Python would complain once more when it flushes at exit.
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, io.UnsupportedOperation):
        return
