"""No file and no function grows into what nobody can read: every peer's main window did."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 350
MOST_FUNCTION_LINES = 50
FILES = sorted((ROOT / "spinegui").rglob("*.py"))


def _functions(file: Path) -> list[tuple[str, int]]:
    tree = ast.parse(file.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    return [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in found]


def test_that_no_file_is_too_long() -> None:
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert FILES
    assert {f.name: n for f, n in lengths.items() if n > MOST_LINES} == {}


def test_that_no_function_is_too_long() -> None:
    found = [(file.name, name, n) for file in FILES for name, n in _functions(file)]
    assert [entry for entry in found if entry[2] > MOST_FUNCTION_LINES] == []


@pytest.mark.parametrize("folder", ["spinegui", "packaging"])
def test_that_every_module_says_what_it_is_for(folder: str) -> None:
    silent = [
        file.relative_to(ROOT)
        for file in sorted((ROOT / folder).rglob("*.py"))
        if file.read_text("utf-8").strip()
        and ast.get_docstring(ast.parse(file.read_text("utf-8"))) is None
    ]
    assert silent == []
