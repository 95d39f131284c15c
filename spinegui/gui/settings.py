"""The person's own settings: name, theme, worker's Python, window layout, recent files."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PySide6.QtWidgets import QMainWindow

MAX_RECENT = 12


class Settings:
    """A typed face of QSettings. A value that cannot be read counts as not set."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("spinegui", "spinegui")

    def _text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def values(self, keys: Iterable[str]) -> dict[str, object]:
        """Return what is stored under these keys, None for what is not."""
        return {key: self._store.value(key) for key in keys}

    def put(self, values: Mapping[str, object]) -> None:
        """Store what `values` returned; None brings the delivered value back."""
        for key, value in values.items():
            if value is None:
                self._store.remove(key)
            else:
                self._store.setValue(key, value)

    @property
    def user(self) -> str:
        """Who makes the edits; the system's login name until set."""
        return self._text("user") or _login_name()

    @user.setter
    def user(self, name: str) -> None:
        self._store.setValue("user", name.strip())

    @property
    def theme(self) -> str:
        """`system`, `light` or `dark`."""
        theme = self._text("theme", "system")
        return theme if theme in {"system", "light", "dark"} else "system"

    @theme.setter
    def theme(self, theme: str) -> None:
        self._store.setValue("theme", theme)

    @property
    def worker_python(self) -> str:
        """The interpreter that runs the worker; empty means the program's own."""
        return self._text("worker_python")

    @worker_python.setter
    def worker_python(self, path: str) -> None:
        self._store.setValue("worker_python", path.strip())

    def pace(self, backend: str, epochs: int) -> float | None:
        """Return the seconds an image that the last training of this kind took, None if unknown."""
        try:
            return float(self._text(f"pace/{backend}/{epochs}")) or None
        except ValueError:
            return None

    def remember_pace(self, backend: str, epochs: int, seconds: float) -> None:
        """Keep how long a training took an image; 0 epochs are the backend's usual ones."""
        self._store.setValue(f"pace/{backend}/{epochs}", f"{seconds:.4f}")

    @property
    def auto_advance(self) -> bool:
        return self._text("auto_advance", "no") == "yes"

    @auto_advance.setter
    def auto_advance(self, on: bool) -> None:
        self._store.setValue("auto_advance", "yes" if on else "no")

    @property
    def queue_source(self) -> str:
        """What the review queue is made of, by the id of its source."""
        return self._text("queue/source")

    @queue_source.setter
    def queue_source(self, source: str) -> None:
        self._store.setValue("queue/source", source)

    @property
    def queue_order(self) -> str:
        return self._text("queue/order")

    @queue_order.setter
    def queue_order(self, order: str) -> None:
        self._store.setValue("queue/order", order)

    @property
    def queue_reach(self) -> str:
        """`image` or `project`."""
        return self._text("queue/reach", "image")

    @queue_reach.setter
    def queue_reach(self, reach: str) -> None:
        self._store.setValue("queue/reach", reach)

    @property
    def queue_below(self) -> bool:
        """Whether the queue holds predictions below the threshold too."""
        return self._text("queue/below", "no") == "yes"

    @queue_below.setter
    def queue_below(self, on: bool) -> None:
        self._store.setValue("queue/below", "yes" if on else "no")

    @property
    def skips_reviewed(self) -> bool:
        """Whether detecting on all images leaves out the reviewed ones."""
        return self._text("skip_reviewed", "yes") == "yes"

    @skips_reviewed.setter
    def skips_reviewed(self, on: bool) -> None:
        self._store.setValue("skip_reviewed", "yes" if on else "no")

    @property
    def shows_guide(self) -> bool:
        """Whether a line above the image says what to do next."""
        return self._text("guide", "yes") == "yes"

    @shows_guide.setter
    def shows_guide(self, on: bool) -> None:
        self._store.setValue("guide", "yes" if on else "no")

    @property
    def language(self) -> str:
        """The code of the window's language (`de`); "" is that of the system."""
        return self._text("language")

    @language.setter
    def language(self, code: str) -> None:
        self._store.setValue("language", code)

    @property
    def reduces_motion(self) -> bool:
        """Whether the view jumps instead of gliding."""
        return self._text("reduce_motion", "no") == "yes"

    @reduces_motion.setter
    def reduces_motion(self, on: bool) -> None:
        self._store.setValue("reduce_motion", "yes" if on else "no")

    @property
    def review_zoom(self) -> str:
        """How large a spine is shown when it is judged: `near`, `usual` or `far`."""
        zoom = self._text("review_zoom", "usual")
        return zoom if zoom in {"near", "usual", "far"} else "usual"

    @review_zoom.setter
    def review_zoom(self, zoom: str) -> None:
        self._store.setValue("review_zoom", zoom)

    @property
    def reopens(self) -> bool:
        """Whether a start without file names reopens the last project."""
        return self._text("reopens", "yes") == "yes"

    @reopens.setter
    def reopens(self, on: bool) -> None:
        self._store.setValue("reopens", "yes" if on else "no")

    @property
    def place(self) -> str:
        """Where the person was last, as `session.place` writes it."""
        return self._text("place")

    @place.setter
    def place(self, text: str) -> None:
        self._store.setValue("place", text)

    @property
    def unfinished_start(self) -> str:
        """The project that is being reopened and is not on the screen yet."""
        return self._text("unfinished_start")

    @unfinished_start.setter
    def unfinished_start(self, project: str) -> None:
        self._store.setValue("unfinished_start", project)
        # It has to outlive a crash that may come with the next step.
        self._store.sync()

    @property
    def knows_tour(self) -> bool:
        """Whether the tour was offered before, or taken."""
        return self._text("knows_tour", "no") == "yes"

    @knows_tour.setter
    def knows_tour(self, on: bool) -> None:
        self._store.setValue("knows_tour", "yes" if on else "no")

    @property
    def own_keys(self) -> dict[str, tuple[str, ...]]:
        """The keys that differ from the delivered ones, by action id."""
        try:
            found = json.loads(self._text("own_keys", "{}"))
            return {str(k): tuple(map(str, keys)) for k, keys in found.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    @own_keys.setter
    def own_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._store.setValue("own_keys", json.dumps(keys))

    @property
    def hidden_columns(self) -> tuple[str, ...]:
        """Keys of the spine table's columns that are not shown."""
        return tuple(filter(None, self._text("hidden_columns", "x,y").split(",")))

    @hidden_columns.setter
    def hidden_columns(self, keys: tuple[str, ...]) -> None:
        self._store.setValue("hidden_columns", ",".join(keys))

    @property
    def auto_percentiles(self) -> tuple[float, float]:
        """Which share of the pixels automatic contrast shows darkest and brightest, in percent."""
        try:
            low, high = map(float, self._text("auto_percentiles", "0.1,99.8").split(","))
        except ValueError:
            low, high = 0.0, 0.0
        return (low, high) if 0 <= low < high <= 100 else (0.1, 99.8)

    @auto_percentiles.setter
    def auto_percentiles(self, percentiles: tuple[float, float]) -> None:
        low, high = percentiles
        self._store.setValue("auto_percentiles", f"{low:g},{high:g}")

    @property
    def recent(self) -> tuple[str, ...]:
        """Projects opened lately, newest first."""
        value = self._store.value("recent", [])
        found = [value] if isinstance(value, str) else value
        return tuple(str(path) for path in found) if isinstance(found, list) else ()

    def remember(self, project: Path) -> None:
        paths = [str(project), *(p for p in self.recent if p != str(project))]
        self._store.setValue("recent", paths[:MAX_RECENT])

    def forget_recent(self) -> None:
        self._store.remove("recent")

    @property
    def last_folder(self) -> str:
        return self._text("last_folder", str(Path.home()))

    @last_folder.setter
    def last_folder(self, folder: str) -> None:
        self._store.setValue("last_folder", folder)

    def save_layout(self, window: QMainWindow) -> None:
        self._store.setValue(f"{_screen_key()}/geometry", window.saveGeometry())
        self._store.setValue(f"{_screen_key()}/state", window.saveState())

    def restore_layout(self, window: QMainWindow) -> bool:
        """Put the window as it last was on this screen; False where it never was here."""
        geometry = self._store.value(f"{_screen_key()}/geometry")
        state = self._store.value(f"{_screen_key()}/state")
        if not isinstance(geometry, QByteArray) or not isinstance(state, QByteArray):
            return False
        return window.restoreGeometry(geometry) and window.restoreState(state)


def _screen_key() -> str:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    return f"layout/{screen.width()}x{screen.height()}"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no account behind this process, as in some containers
        return "user"
