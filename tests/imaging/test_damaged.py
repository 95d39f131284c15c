"""A file that cannot be read costs one sentence of what happened and one of what to do."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from spinegui.imaging.limits import check_whole_size
from spinegui.imaging.opening import file_sha256, image_ref, open_image
from spinegui.imaging.reading import reading
from spinegui.imaging.source import ImageReadError
from tests.support import images

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.logs_warning  # tifffile logs what it stumbles over


def refusal(path: Path, **options: int) -> str:
    with pytest.raises(ImageReadError) as caught:
        open_image(path, **options).close()
    return assert_helpful(str(caught.value))


def read_all(path: Path) -> None:
    with open_image(path) as source:
        source.volume()


def assert_helpful(sentence: str) -> str:
    assert sentence.endswith(".")
    assert ". " in sentence or ": " in sentence, "says what happened, but not what to do"
    assert "Traceback" not in sentence
    assert sentence.isprintable()
    assert len(sentence) < 400
    return sentence


def test_that_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "gone.tif")


def test_that_a_folder_is_no_image(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"II", b"hello, I am a text", b"\x89PNG\r\n\x1a\n", b"II*\0"]
)
def test_that_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(content)
    assert "a.tif is" in refusal(path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_that_an_unreadable_file_asks_for_access(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((1, 9, 9)))
    path.chmod(0)
    assert "access" in refusal(path)


def _plain(path: Path, compression: str | None) -> None:
    images.write_plain(path, images.numbered((4, 60, 40)), compression=compression)


def _imagej(path: Path, compression: str | None) -> None:
    images.write_imagej(path, images.numbered((4, 60, 40)), "ZYX", compression=compression)


def _shaped(path: Path, compression: str | None) -> None:
    tifffile.imwrite(
        path, images.numbered((4, 60, 40)), photometric="minisblack", compression=compression
    )


def _ome(path: Path, compression: str | None) -> None:
    images.write_ome(path, images.numbered((4, 60, 40)), "ZYX", compression=compression)


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("write", [_plain, _imagej, _shaped, _ome])
@pytest.mark.parametrize("keep", [0.05, 0.3, 0.5, 0.6, 0.76, 0.85])
def test_that_a_cut_stack_never_passes_for_a_short_one(
    tmp_path: Path, write: Callable[[Path, str | None], None], compression: str | None, keep: float
) -> None:
    path = tmp_path / ("a.ome.tif" if write is _ome else "a.tif")
    write(path, compression)
    images.cut(path, keep)
    with pytest.raises(ImageReadError) as caught:
        read_all(path)
    assert_helpful(str(caught.value))


def test_that_pages_lost_behind_a_damaged_one_are_missed(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((6, 9, 16)))
    with tifffile.TiffFile(path) as tif:
        offset = tif.pages[3].offset
    data = bytearray(path.read_bytes())
    data[offset : offset + 30] = bytes(30)
    path.write_bytes(data)
    assert "only part of its pages" in refusal(path)


def test_that_a_file_cut_while_open_is_noticed_at_the_next_plane(tmp_path: Path) -> None:
    for compression in (None, "zlib"):
        path = images.write_plain(
            tmp_path / "a.tif", images.numbered((4, 60, 40)), compression=compression
        )
        with open_image(path) as source:
            source.plane(0)
            images.cut(path, 0.5)
            with pytest.raises(ImageReadError) as caught:
                source.plane(3)
        assert_helpful(str(caught.value))


def test_that_a_plane_damaged_inside_says_so_when_it_is_read(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((3, 60, 40)), compression="zlib")
    images.blank_page(path, 1)
    with open_image(path) as source:
        source.plane(0)
        with pytest.raises(ImageReadError) as caught:
            source.plane(1)
        assert "damaged" in assert_helpful(str(caught.value))
        source.plane(2)


def test_that_a_missing_part_of_a_split_image_is_named(tmp_path: Path) -> None:
    first, second = images.write_ome_pair(tmp_path, images.numbered((4, 9, 16)))
    second.unlink()
    with open_image(first) as source:
        source.plane(1)
        with pytest.raises(ImageReadError, match=r"part_1\.ome\.tif"):
            source.plane(2)


def test_that_a_renamed_ome_file_misses_nothing(tmp_path: Path) -> None:
    planes = images.numbered((2, 9, 16))
    own = "urn:uuid:00000000-0000-0000-0000-000000000001"
    blocks = [
        f'<TiffData IFD="{n}" FirstZ="{n}" PlaneCount="1">'
        f'<UUID FileName="old_name.ome.tif">{own}</UUID></TiffData>'
        for n in range(2)
    ]
    xml = images.ome_xml((16, 9, 1, 2, 1), "uint16", "XYZCT", blocks)
    xml = xml.replace("<OME ", f'<OME UUID="{own}" ')
    path = images.write_described(tmp_path / "new_name.ome.tif", planes, xml)
    with open_image(path) as source:
        np.testing.assert_array_equal(source.volume(), planes)


def test_that_a_small_file_that_declares_a_huge_image_is_refused(tmp_path: Path) -> None:
    path = images.write_huge_declared(tmp_path / "bomb.tif")
    assert path.stat().st_size < 1000
    assert "858.3 MiB" in refusal(path)


def test_that_an_image_larger_than_the_limit_is_refused_only_if_it_must_be_decoded(
    tmp_path: Path,
) -> None:
    pixels = images.numbered((4, 64, 64))
    zipped = images.write_plain(tmp_path / "zipped.tif", pixels, compression="zlib")
    assert "limit" in refusal(zipped, max_bytes=pixels.nbytes - 1)
    open_image(zipped, max_bytes=pixels.nbytes).close()
    raw = images.write_plain(tmp_path / "raw.tif", pixels)
    open_image(raw, max_bytes=1).close()


def test_that_tiles_of_absurd_size_are_refused(tmp_path: Path) -> None:
    path = images.write_plain(
        tmp_path / "a.tif", images.numbered((1, 32, 32)), tile=(16, 16), compression="zlib"
    )
    images.overwrite_tags(path, TileWidth=65520, TileLength=65520)
    refusal(path)


def test_that_planes_across_many_large_pages_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path,
        np.zeros((512, 512, 2), np.uint8),
        photometric="minisblack",
        metadata={"axes": "YXZ"},
        compression="zlib",
    )
    with tifffile.TiffFile(path) as tif:
        series = tif.series[0]
        check_whole_size(series, "a.tif")
        series.nbytes = 3 * 2**30
        with pytest.raises(ImageReadError) as caught:
            check_whole_size(series, "a.tif")
    assert "YXZ" in assert_helpful(str(caught.value))


def test_that_a_page_without_data_does_not_show_the_header_as_pixels(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((1, 9, 16)))
    images.overwrite_tags(path, StripOffsets=0, StripByteCounts=0)
    assert "without all its data" in refusal(path)


def test_that_an_image_without_pixels_is_refused(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((1, 9, 9)))
    images.overwrite_tags(path, ImageWidth=0)
    refusal(path)


def test_that_complex_pixels_are_refused(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", np.zeros((1, 9, 9), np.complex64))
    assert "complex64" in refusal(path)


def test_that_an_unknown_compression_is_refused(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((1, 9, 9)), compression="zlib")
    images.overwrite_tags(path, Compression=31_999)
    assert "compressed in an unknown way" in refusal(path)


def test_that_a_missing_codec_names_the_command_that_brings_it(tmp_path: Path) -> None:
    pytest.importorskip("imagecodecs")
    path = images.write_plain(tmp_path / "a.tif", images.numbered((1, 9, 9)), compression="lzw")
    open_image(path).close()
    program = (
        "import sys; sys.modules['imagecodecs'] = None\n"
        "from spinegui.imaging.opening import open_image\n"
        "from spinegui.imaging.source import ImageReadError\n"
        "try: open_image(sys.argv[1])\n"
        "except ImageReadError as err: print(err)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert 'pip install "spinegui[formats]"' in assert_helpful(done.stdout.strip())
    assert "LZW" in done.stdout
    assert done.stderr == ""


def test_that_entities_in_ome_xml_do_not_expand(tmp_path: Path) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    bomb = f'<?xml version="1.0"?><!DOCTYPE OME [{entities}]><OME><Image>&a11;</Image></OME>'
    path = images.write_described(tmp_path / "a.ome.tif", images.numbered((1, 9, 16)), bomb)
    with open_image(path) as source:
        assert source.pixel_size is None
        source.plane()


def test_that_a_circle_of_pages_is_refused(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((2, 9, 16)))
    with tifffile.TiffFile(path) as tif:
        first, second = tif.pages[0].offset, tif.pages[1].offset
        n_tags = len(tif.pages[1].tags)
    data = bytearray(path.read_bytes())
    pointer = second + 2 + 12 * n_tags
    assert data[pointer : pointer + 4] == bytes(4)
    data[pointer : pointer + 4] = first.to_bytes(4, "little")
    path.write_bytes(data)
    assert "circle" in refusal(path)


def test_that_pages_that_overlap_are_refused(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((3, 9, 16)))
    with tifffile.TiffFile(path) as tif:
        first = tif.pages[0].offset
        pointer = first + 2 + 12 * len(tif.pages[0].tags)
    data = bytearray(path.read_bytes())
    data[pointer : pointer + 4] = (first + 12).to_bytes(4, "little")
    path.write_bytes(data)
    refusal(path)


def test_that_a_closed_image_says_it_is_closed(tmp_path: Path) -> None:
    path = images.write_plain(tmp_path / "a.tif", images.numbered((2, 9, 16)))
    source = open_image(path)
    source.close()
    source.close()
    with pytest.raises(ImageReadError, match="closed"):
        source.plane(0)


def test_that_refused_files_are_let_go(tmp_path: Path) -> None:
    path = images.write_huge_declared(tmp_path / "bomb.tif")
    handles = "/proc/self/fd"
    if not os.path.isdir(handles):  # noqa: PTH112 - not a path of ours
        pytest.skip("needs /proc")
    before = len(os.listdir(handles))  # noqa: PTH208
    for _ in range(20):
        refusal(path)
    assert len(os.listdir(handles)) <= before + 1  # noqa: PTH208


def test_that_reference_and_hash_of_a_missing_file_are_refused_alike(tmp_path: Path) -> None:
    for ask in (lambda p: image_ref(p, image_id="i"), file_sha256):
        with pytest.raises(ImageReadError, match="There is no file"):
            ask(tmp_path / "gone.tif")


def test_that_a_file_that_cannot_be_mapped_for_want_of_memory_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(ImageReadError, match="more memory than is free"),
        reading(tmp_path / "a.tif"),
    ):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")
