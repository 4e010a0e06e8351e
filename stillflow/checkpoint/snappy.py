"""Reading what Snappy compressed: a length, then literal bytes and copies of what came before."""

from __future__ import annotations

from stillflow.checkpoint import varint

_MOST_FOR_A_BYTE = 32  # and more than it can stand for: a copy of 64 takes three


def decompressed(data: bytes) -> bytes:
    """The bytes that `data` stands for.

    Raises:
      ValueError: it is not what Snappy writes.
    """
    size, at = varint.decode(data, 0)
    if size > _MOST_FOR_A_BYTE * len(data):
        raise ValueError(f"{len(data)} bytes cannot stand for {size}")
    found = bytearray()
    while at < len(data):
        kind, count = data[at] & 3, data[at] >> 2
        at += 1
        if kind == 0:
            count, at = _literal_size(data, count, at)
            found += data[at : at + count]
            at += count
            if at > len(data):
                raise ValueError("a literal goes on behind the end")
        else:
            back, count, at = _copy(data, kind, count, at)
            _repeat(found, back, count)
        if len(found) > size:
            break
    if len(found) != size:
        raise ValueError(f"it is to be {size} bytes, and is {len(found)}")
    return bytes(found)


def _literal_size(data: bytes, count: int, at: int) -> tuple[int, int]:
    """From 60 on the number says in how many bytes the size follows."""
    width = max(0, count - 59)
    if width:
        count = _number(data, at, width)
    return count + 1, at + width


def _copy(data: bytes, kind: int, count: int, at: int) -> tuple[int, int, int]:
    """How far back a copy begins, how long it is, and where the next element is."""
    if kind == 1:
        return count >> 3 << 8 | _number(data, at, 1), (count & 7) + 4, at + 1
    width = 2 if kind == 2 else 4
    return _number(data, at, width), count + 1, at + width


def _number(data: bytes, at: int, width: int) -> int:
    if at + width > len(data):
        raise ValueError("it is cut off")
    return int.from_bytes(data[at : at + width], "little")


def _repeat(found: bytearray, back: int, count: int) -> None:
    """Adds `count` bytes from `back` before the end; they may overlap what is added."""
    if not 0 < back <= len(found):
        raise ValueError(f"a copy begins {back} bytes before byte {len(found)}")
    start = len(found) - back
    piece = bytes(found[start : start + count])
    while len(piece) < count:
        piece += piece[: count - len(piece)]
    found += piece
