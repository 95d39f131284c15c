"""The chain of pages through a TIFF, walked before anything else trusts it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mmap

_ORDERS = {b"II": "<", b"MM": ">"}
# By the magic number: formats of the number of tags and of an offset, where the first offset
# stands, and the bytes of a tag.
_PLAIN, _BIG = ("H", "I", 4, 12), ("Q", "Q", 8, 20)
_LAYOUTS = {42: _PLAIN, 43: _BIG}


@dataclass(frozen=True, slots=True)
class PageChain:
    """How many pages the chain reaches, and whether it breaks off instead of ending."""

    n_pages: int
    broken: bool


def page_chain(data: mmap.mmap) -> PageChain:
    """Follow the pages of a TIFF or BigTIFF from the header to the last.

    Raises ValueError where they overlap or go in a circle: tifffile would follow those for ever.
    """
    order = _ORDERS.get(bytes(data[:2]), "")
    (magic,) = struct.unpack_from(f"{order or '<'}H", data, 2)
    if not order or magic not in _LAYOUTS:
        raise ValueError("not a TIFF file")
    count, pointer, at, tag_bytes = _LAYOUTS[magic]
    starts: dict[int, int] = {}  # of each page, its end
    offset, broken = -1, False
    while offset != 0 and not broken:
        try:
            (offset,) = struct.unpack_from(order + pointer, data, at)
            n_tags = struct.unpack_from(order + count, data, offset)[0] if offset else 0
        except struct.error:
            n_tags, offset = 0, -1
        if offset in starts:
            raise ValueError("its pages go in a circle")
        broken = n_tags == 0 and offset != 0
        if n_tags:
            at = offset + struct.calcsize(order + count) + n_tags * tag_bytes
            starts[offset] = at
    if any(end > start for (_, end), (start, _) in pairwise(sorted(starts.items()))):
        raise ValueError("its pages overlap")
    return PageChain(len(starts), broken)
