"""Collects the texts of the window into resources/languages/spinegui.pot, for translators.

Run `python packaging/extract_texts.py`; with `--check` it only says whether the file is up to
date. A translation is `resources/languages/CODE/LC_MESSAGES/spinegui.po`, compiled to
`spinegui.mo` beside it.

Texts are the literals given to `tr`, `ntr` and `later` in spinegui/gui, and those that live in
tables: the actions with their menus, and the names of the classes.
"""

from __future__ import annotations

import argparse
import ast
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
POT = ROOT / "resources" / "languages" / "spinegui.pot"
HEADER = """# The texts of spinegui's window. Made by packaging/extract_texts.py; do not edit.
msgid ""
msgstr ""
"Project-Id-Version: spinegui\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


@dataclass
class Found:
    """A text, its plural where it has one, and the files that hold it."""

    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)


def main() -> int:
    """Write the file, or check it; 1 where it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    made = pot()
    if parser.parse_args().check:
        return 0 if POT.is_file() and POT.read_text("utf-8") == made else 1
    POT.parent.mkdir(parents=True, exist_ok=True)
    POT.write_text(made, encoding="utf-8")
    print(f"{POT.relative_to(ROOT)}: {made.count('msgid') - 1} texts")
    return 0


def pot() -> str:
    """Return the template's whole content."""
    found: dict[str, Found] = {}
    for file in sorted((ROOT / "spinegui" / "gui").rglob("*.py")):
        for text, plural in texts_of(file.read_text("utf-8")):
            _note(found, text, plural, file.relative_to(ROOT).as_posix())
    for text, file in table_texts():
        _note(found, text, "", file)
    return HEADER + "".join(_entry(found[text]) for text in sorted(found))


def texts_of(source: str) -> list[tuple[str, str]]:
    """Return the literals given to tr, later and ntr, each with its plural or ""."""
    texts = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = [text for text in map(_literals, node.args[:2]) if text]
            if node.func.id in {"tr", "later"} and words:
                texts += [(text, "") for text in words[0]]
            elif node.func.id == "ntr" and len(words) == 2:
                texts.append((words[0][0], words[1][0]))
    return texts


def _literals(node: ast.expr) -> list[str]:
    """Return the texts that an argument can be: a literal, or one of two of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_literals(node.body), *_literals(node.orelse)]
    return []


def table_texts() -> list[tuple[str, str]]:
    """Return the texts that are translated where a table's entry is shown, with the file."""
    sys.path.insert(0, str(ROOT))
    from spinegui.domain.labels import SPINE_CLASSES, UNSURE
    from spinegui.gui.actions import ACTIONS, MENUS

    texts = [(spec, (spec.text, spec.tip, spec.submenu)) for spec in ACTIONS]
    actions = [(text, spec.menu) for spec, words in texts for text in words if text]
    found = [(text, f"spinegui/gui/action_table/{menu.lower()}_menu.py") for text, menu in actions]
    found += [(menu, "spinegui/gui/actions.py") for menu in MENUS]
    return found + [(c.name, "spinegui/domain/labels.py") for c in (*SPINE_CLASSES.classes, UNSURE)]


def _note(found: dict[str, Found], text: str, plural: str, file: str) -> None:
    entry = found.setdefault(text, Found(text))
    entry.plural = entry.plural or plural
    entry.files.add(file)


def _entry(found: Found) -> str:
    lines = ["", *(f"#: {file}" for file in sorted(found.files))]
    if "{" in found.text:
        lines.append("#, python-brace-format")
    lines.append(f"msgid {_quoted(found.text)}")
    if found.plural:
        lines += [f"msgid_plural {_quoted(found.plural)}", 'msgstr[0] ""', 'msgstr[1] ""']
    else:
        lines.append('msgstr ""')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.exit(main())
