"""spinegui doctor: what is installed, what can run, what is missing and what mends it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from spinegui import __version__
from spinegui.cli.console import WorkError
from spinegui.engine.doctor import (
    interpreter_report,
    problems,
    report,
    session_note,
    untrainable,
)
from spinegui.engine.local import LocalEngine
from spinegui.storage.interpreters import read_interpreters

if TYPE_CHECKING:
    import argparse

    from spinegui.cli.console import Console

HELP = "tell what is installed, what is missing and what mends it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace, console: Console) -> None:
    """Look at everything, then say what is missing. Raises WorkError where something is.

    What only training needs is no fault, unless a Python was chosen to train with.
    """
    del options
    with console.progress("Looking around"):
        engine = LocalEngine(interpreters=read_interpreters())
        probe = engine.probe()
        trainers = {backend: engine.probe(backend) for backend in engine.interpreters}
        lacking = untrainable(probe, trainers)
        found = [*problems(probe), *(p for b, p in lacking.items() if b in trainers)]
    optional = [problem for backend, problem in lacking.items() if backend not in trainers]
    console.show(report(probe))
    for backend, answer in trainers.items():
        console.show(interpreter_report(answer, f"Python that trains {backend}"))
    note = session_note()
    if note:
        console.say(note)
    for problem in optional:
        console.say(f"Optional: {problem}")
    console.result(
        {
            "version": __version__,
            **asdict(probe),
            "trainers": {backend: asdict(answer) for backend, answer in trainers.items()},
            "note": note,
            "problems": list(map(asdict, found)),
            "optional": list(map(asdict, optional)),
        }
    )
    if found:
        raise WorkError("\n".join(str(problem) for problem in found))
    console.say("Everything that is needed is here.")
