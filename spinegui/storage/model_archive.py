"""A model as one zip file, out and in; what comes in is not trusted."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from typing import IO, TYPE_CHECKING

from spinegui.storage.model_files import check_content, check_kind, suffix_of
from spinegui.storage.model_manifest import MANIFEST, ModelStoreError, check_file_name

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILES = 200
MAX_TOTAL_BYTES = 4 << 30
_BLOCK_BYTES = 1 << 20
# What zipfile and the decompressors raise on a file that is damaged, encrypted or no zip at all.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def pack(folder: Path, names: list[str], out: Path) -> None:
    """Write the manifest and the named files of a model folder into a zip; raises OSError."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted({MANIFEST, *names}):
            # A fixed date, so that the same model gives the same bytes.
            entry = zipfile.ZipInfo(name, _FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w") as to, folder.joinpath(*name.split("/")).open("rb") as f:
                while block := f.read(_BLOCK_BYTES):
                    to.write(block)


def unpack(archive_path: Path, folder: Path) -> None:
    """Unpack a model's zip into an empty folder.

    Raises ModelStoreError for anything but a plain zip of a few files of known formats whose names
    stay inside the folder and whose sizes stay within bounds, however small the zip itself is.
    """
    if suffix_of(archive_path.name) != ".zip":
        # A file of PyTorch is a zip too: it must not be called damaged.
        check_kind(archive_path.name)
    try:
        with zipfile.ZipFile(archive_path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(entries)
            left = MAX_TOTAL_BYTES
            for entry in entries:
                target = folder.joinpath(*entry.filename.split("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("xb") as out:
                    left -= _copy(source, out, left)
                check_content(target, entry.filename)
    except OSError as err:
        raise ModelStoreError(
            f"{archive_path.name} could not be unpacked: {err.strerror or err}. "
            "Check the file and the free space."
        ) from err
    except _DAMAGE as err:
        raise ModelStoreError(
            f"{archive_path.name} is not a model file, or it is damaged. Get it again."
        ) from err


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES:
        raise ModelStoreError(f"The file holds over {MAX_FILES} files: it is not a model.")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise ModelStoreError(f"The model is over {MAX_TOTAL_BYTES >> 30} GiB. Do not import it.")
    names = {entry.filename.lower() for entry in entries}
    if len(names) < len(entries):
        raise ModelStoreError("The file holds two files of one name: it is not a model.")
    for entry in entries:
        # Shown as it stands in the file: zipfile turns \ into / on some systems only.
        check_file_name(entry.orig_filename)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ModelStoreError(f"The file holds a link, {entry.filename}. Do not import it.")
        check_kind(entry.filename)


def _copy(source: IO[bytes], out: IO[bytes], limit: int) -> int:
    """Copy and count what really comes out: a zip's declared sizes may lie."""
    total = 0
    while block := source.read(_BLOCK_BYTES):
        total += len(block)
        if total > limit:
            raise ModelStoreError(f"The model is over {MAX_TOTAL_BYTES >> 30} GiB when unpacked.")
        out.write(block)
    return total
