"""The manual's pages: their order, their text with the person's keys, and finding in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spinegui.gui.actions import ACTIONS, MENUS
from spinegui.gui.gestures import MOUSE, NUDGE
from spinegui.gui.keys.in_use import keys_of, native
from spinegui.gui.language import tr
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

KEYS = "keys"
"""The page that is made of the action table."""
PAGES = (
    "first_ten_minutes", "review_queue", "missed_spines", "gallery", "editing", "seeing", "raters",
    "history", "training", "models", "formats", KEYS, "troubleshooting", "methods",
)  # fmt: skip
OF_DIALOG = {
    "settings": "troubleshooting", "shortcuts": KEYS, "palette": KEYS, "log": "troubleshooting",
    "preflight": "training", "comparison": "training", "models": "models", "backups": "history",
    "pixel_size": "formats", "agreement": "raters", "blind_sheet": "raters", "name_sheet": "raters",
}  # fmt: skip
"""Which page explains a dialog, by its name; F1 in it opens that page."""
_FIELD = re.compile(r"\[\[(key )?(\w+)\]\]")
_SPECS = {spec.id: spec for spec in ACTIONS}


@dataclass(frozen=True, slots=True)
class ManualPage:
    """`text` is Markdown, its keys filled in."""

    name: str
    title: str
    text: str


def manual_folder() -> Path:
    """Return where the pages lie."""
    return resource("manual")


def read_page(name: str) -> ManualPage:
    """Return a page as it reads now; raises KeyError for a name that is none."""
    if name not in PAGES:
        raise KeyError(name)
    text = keys_text() if name == KEYS else filled(raw_text(name))
    return ManualPage(name, text.partition("\n")[0].removeprefix("# ").strip(), text)


def raw_text(name: str) -> str:
    """Return a page as it is written, its fields not filled."""
    return (manual_folder() / f"{name}.md").read_text("utf-8")


def named_actions(text: str) -> list[str]:
    """Return the action ids that a page names."""
    return [match[2] for match in _FIELD.finditer(text)]


def filled(text: str) -> str:
    """Put the keys and the names of actions where the page wants them."""
    return _FIELD.sub(lambda match: _named(match[2], only_key=bool(match[1])), text)


def _named(action_id: str, *, only_key: bool) -> str:
    spec, keys = _SPECS[action_id], keys_of(action_id)
    name = tr(spec.text).rstrip("…")
    if only_key:
        return f"`{native(keys[0])}`" if keys else f"*{name}*"
    if keys:
        return f"**{name}** (`{native(keys[0])}`)"
    return f"*{' ▸ '.join((*map(tr, spec.place), name))}*"


def keys_text() -> str:
    """Return the page of keys: every action of the table with its keys, and the mouse."""
    parts = [f"# {tr('Keys and mouse')}", tr(
        "Single letters act while the image or a list of spines has the focus. Every key of an "
        "action can be changed under *Help ▸ Change keys*."
    )]  # fmt: skip
    for menu in MENUS:
        rows = [
            (tr(spec.text).rstrip("…"), " ".join(f"`{_in_cell(native(k))}`" for k in keys))
            for spec in ACTIONS
            if spec.menu == menu and (keys := keys_of(spec.id))
        ]
        if rows:
            parts.append(f"## {tr(menu)}\n\n{_table(rows)}")
    moves = [(tr(g.does), " + ".join((*g.hold, tr(g.hand)))) for g in (*MOUSE, *NUDGE)]
    parts.append(f"## {tr('Mouse')}\n\n{_table(moves)}")
    return "\n\n".join(parts) + "\n"


def _table(rows: list[tuple[str, str]]) -> str:
    head = f"| {tr('Does')} | {tr('Key')} |\n|---|---|\n"
    return head + "\n".join(f"| {does} | {keys} |" for does, keys in rows)


def _in_cell(key: str) -> str:
    return key.replace("|", "\\|")


def matching(words: str) -> list[ManualPage]:
    """Return the pages that hold every word, those with one in the title first."""
    wanted = words.casefold().split()
    pages = [read_page(name) for name in PAGES]
    found = [page for page in pages if all(word in page.text.casefold() for word in wanted)]
    return sorted(found, key=lambda page: not any(w in page.title.casefold() for w in wanted))
