"""The words on the screen in the person's language.

Every text that a person reads in the window passes through `tr` or `ntr`, in English as the
reader knows it; `use_language` changes what they return from then on.
"""

from __future__ import annotations

import gettext
import string

from PySide6.QtCore import QLocale
from typing_extensions import override

from spinegui.storage.resources import resources_root

DOMAIN = "spinegui"
PSEUDO = "xx"
"""Not a language: each text longer, accented and in brackets, so that a test and an eye see at
once what was never translated and what has no room to grow."""
_ACCENTS = str.maketrans("aeiouAEIOUcnsyz", "áéíöüÁÉÍÖÜçñšýž")


class _Pseudo(gettext.NullTranslations):
    @override
    def gettext(self, message: str) -> str:
        return _pseudo(message)

    @override
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _pseudo(super().ngettext(msgid1, msgid2, n))


_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(code: str) -> None:
    """Take the texts of that language (`de`, `es` …) from now on; English where there are none.

    "" is the language of the system.
    """
    code = code or QLocale.system().name()
    global _catalogue  # noqa: PLW0603 - one process speaks one language
    if code == PSEUDO:
        _catalogue = _Pseudo()
    else:
        folder = resources_root() / "languages"
        _catalogue = gettext.translation(
            DOMAIN, folder, [code, code.partition("_")[0]], fallback=True
        )


def languages() -> dict[str, str]:
    """Return the languages that there are, in their own words, by code; "" is the system's."""
    found = {"": tr("Like the system"), "en": "English"}
    folder = resources_root() / "languages"
    for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
        code = file.parent.parent.name
        found[code] = QLocale(code).nativeLanguageName().capitalize() or code
    return found


def tr(text: str, /, **values: object) -> str:
    """Return the text in the person's language, its `{name}` fields filled with the values."""
    translated = _catalogue.gettext(text) if text else ""
    return translated.format(**values) if values else translated


def later(text: str) -> str:
    """Return the text as it is: a constant, which passes through `tr` where it is shown."""
    return text


def ntr(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the text for that number of things; `{n}` in it is the number."""
    return _catalogue.ngettext(one, many, n).format(n=n, **values)


def _pseudo(text: str) -> str:
    """Return the text accented, a third longer and in brackets; its fields stay as they are."""
    parts = []
    for literal, field, spec, _ in string.Formatter().parse(text):
        parts.append(literal.translate(_ACCENTS))
        if field is not None:
            parts.append(f"{{{field}{':' + spec if spec else ''}}}")
    return f"⟦{''.join(parts)}{'·' * (len(text) // 3)}⟧"
