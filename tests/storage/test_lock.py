from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from spinegui.storage import lock
from spinegui.storage.errors import ProjectLockedError, ProjectReadOnlyError


@pytest.fixture
def me() -> lock.Holder:
    return lock.Holder.this_process("ann")


@pytest.fixture
def dead_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    return child.pid


def _write(path: Path, holder: lock.Holder) -> None:
    lock.lock_path(path).write_text(json.dumps(asdict(holder)), "utf-8")


def test_that_a_lock_is_taken_and_given_back(path: Path, me: lock.Holder) -> None:
    lock.acquire(path, me)
    assert lock.read_holder(path) == me
    lock.release(path, me)
    assert list(path.parent.iterdir()) == []


def test_that_a_living_holder_is_respected(path: Path, me: lock.Holder) -> None:
    lock.acquire(path, me)
    other = lock.Holder.this_process("bob")
    with pytest.raises(ProjectLockedError, match=r"another window of ann on .*take it over") as e:
        lock.acquire(path, other)
    assert e.value.holder == me
    lock.acquire(path, other, force=True)
    lock.release(path, me)
    assert lock.read_holder(path) == other


def test_that_a_dead_holder_is_succeeded(path: Path, me: lock.Holder, dead_pid: int) -> None:
    _write(path, replace(me, pid=dead_pid))
    heir = lock.Holder.this_process("bob")
    lock.acquire(path, heir)
    assert lock.read_holder(path) == heir


def test_that_a_zombie_is_dead(me: lock.Holder) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert replace(me, pid=child.pid, started=None).is_gone


def test_that_a_process_that_got_the_same_number_later_is_another(me: lock.Holder) -> None:
    assert not me.is_gone
    assert replace(me, started="other boot:1").is_gone
    assert not replace(me, started=None).is_gone


def test_that_a_process_of_somebody_else_lives(
    me: lock.Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not me.is_gone


def test_that_a_start_that_cannot_be_read_is_no_proof(
    me: lock.Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_stat_fields", lambda _: None)
    assert lock.Holder.this_process("ann").started is None
    assert not me.is_gone


def test_that_without_a_boot_id_no_start_is_known(
    me: lock.Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", refuse)
    assert lock.Holder.this_process("ann").started is None


def test_that_a_holder_on_another_computer_is_never_called_gone(
    path: Path, me: lock.Holder, dead_pid: int
) -> None:
    far = replace(me, host=f"not-{socket.gethostname()}", pid=dead_pid)
    _write(path, far)
    with pytest.raises(ProjectLockedError, match="not-"):
        lock.acquire(path, me)
    lock.acquire(path, me, force=True)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "1"}', '{"pid": 1, "host": "h"}'])
def test_that_an_unreadable_lock_holds_until_the_user_decides(
    path: Path, me: lock.Holder, text: str
) -> None:
    lock.lock_path(path).write_text(text, "utf-8")
    with pytest.raises(ProjectLockedError, match="another program") as caught:
        lock.acquire(path, me)
    assert caught.value.holder is None
    lock.acquire(path, me, force=True)


def test_that_a_folder_without_room_for_a_lock_is_said(path: Path, me: lock.Holder) -> None:
    with pytest.raises(ProjectReadOnlyError, match="cannot be written to"):
        lock.acquire(path.parent / "nowhere" / "p.spine", me)
