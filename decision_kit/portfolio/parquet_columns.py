"""Columns put beside those of a Parquet file that stay as they are, byte for byte, and are not written again.

Encoding a column anew takes several times as long as reading it. A Parquet file says in its footer where each column of
each group of rows lies, so more columns can follow those that are there, and one new footer tells of both. The footer
is in Thrift's compact protocol, whose values can be passed over without knowing what they mean; only the few that name
columns are touched here.

* Footer: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
* Protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

MAGIC = b"PAR1"
VERSION, SCHEMA, ROWS, GROUPS, MADE_BY, ORDERS = 1, 2, 3, 4, 6, 7
"""Fields of a footer that are kept. What programs add of their own, such as the schemas of Arrow, pandas and Spark, is
not, as it tells of the old columns only."""
CHILDREN = 5
"""Field of the first entry of a schema: how many columns there are."""
CHUNKS, BYTES, COMPRESSED = 1, 2, 6
"""Fields of a group of rows: where its columns lie, and how many bytes they are."""
COLUMN, PAGES, DICTIONARY = 3, 9, 11
"""Fields of a column: where it is described, and there where its pages and its dictionary begin."""
LIST, STRUCT = 9, 12
"""Types of the protocol."""

Fields = dict[int, tuple[int, bytes]]
"""The fields of a struct by their numbers: type and bytes."""


def begin(source: Path, part: BinaryIO) -> bytes:
    """Copy a Parquet file up to its footer.

    Parameters
    ----------
    source : pathlib.Path
    part : binary file
        Where to; more columns are written behind.

    Returns
    -------
    bytes
        The footer.
    """
    with source.open("rb") as stream:
        stream.seek(-8, 2)
        end = stream.tell() - int.from_bytes(stream.read(4), "little")
        stream.seek(0)
        left = end
        while left:
            left -= part.write(stream.read(min(left, 2**22)))
        return stream.read()[:-8]


def finish(part: BinaryIO, place: int, footer: bytes) -> None:
    """Put one footer in the place of that of the columns that were written last.

    Parameters
    ----------
    part : binary file
        What :func:`begin` copied, and behind it a Parquet file of other columns, with as many rows in each group.
    place : int
        Where in ``part`` that file begins.
    footer : bytes
        What :func:`begin` gave.
    """
    part.seek(-8, 2)
    end = part.tell() - int.from_bytes(part.read(4), "little")
    part.seek(end)
    joined = _joined(footer, part.read()[:-8], place)
    part.seek(end)
    part.truncate()
    part.write(joined + len(joined).to_bytes(4, "little") + MAGIC)


def _joined(one: bytes, other: bytes, place: int) -> bytes:
    old, new = _fields(one), _fields(other)
    (root, *columns), (_, *more) = (_items(each[SCHEMA][1]) for each in (old, new))
    head = _fields(root)
    head[CHILDREN] = _sum(head[CHILDREN], _fields(_items(new[SCHEMA][1])[0])[CHILDREN])
    told = {name: old[name] for name in (VERSION, ROWS, MADE_BY) if name in old}
    told[SCHEMA] = LIST, _list([_struct(head), *columns, *more])
    groups = []
    for left, right in zip(*(map(_fields, _items(each[GROUPS][1])) for each in (old, new)), strict=True):
        left[CHUNKS] = (
            LIST,
            _list([*_items(left[CHUNKS][1]), *(_moved(chunk, place) for chunk in _items(right[CHUNKS][1]))]),
        )
        for size in (BYTES, COMPRESSED):
            if size in left and size in right:
                left[size] = _sum(left[size], right[size])
        groups.append(_struct(left))
    told[GROUPS] = LIST, _list(groups)
    if ORDERS in old and ORDERS in new:
        told[ORDERS] = LIST, _list(_items(old[ORDERS][1]) + _items(new[ORDERS][1]))
    return _struct(told)


def _moved(chunk: bytes, by: int) -> bytes:
    """Tell of a column that lies that many bytes further behind."""
    fields = _fields(chunk)
    column = _fields(fields[COLUMN][1])
    for name in (PAGES, DICTIONARY):
        if name in column:
            column[name] = _sum(column[name], (column[name][0], _varint(2 * by)))
    return _struct(fields | {COLUMN: (STRUCT, _struct(column))})


def _fields(struct: bytes) -> Fields:
    fields: Fields = {}
    at, number = 0, 0
    while kind := struct[at] & 15:
        step, at = struct[at] >> 4, at + 1
        if step:
            number += step
        else:
            number, at = _number(struct, at)
            number = number >> 1 ^ -(number & 1)
        end = _end(struct, at, kind)
        fields[number] = kind, struct[at:end]
        at = end
    return fields


def _struct(fields: Fields) -> bytes:
    # Each number may stand in full, so that none depends on the one before.
    return (
        b"".join(bytes([kind]) + _varint(2 * number) + value for number, (kind, value) in sorted(fields.items()))
        + b"\0"
    )


def _items(listed: bytes) -> list[bytes]:
    count, kind, at = _header(listed, 0)
    items = []
    for _ in range(count):
        end = _end(listed, at, kind)
        items.append(listed[at:end])
        at = end
    return items


def _list(structs: Iterable[bytes]) -> bytes:
    structs = list(structs)
    return bytes([15 << 4 | STRUCT]) + _varint(len(structs)) + b"".join(structs)


def _sum(one: tuple[int, bytes], other: tuple[int, bytes]) -> tuple[int, bytes]:
    """Add up two numbers that are not negative."""
    return one[0], _varint(_number(one[1], 0)[0] + _number(other[1], 0)[0])


def _end(data: bytes, at: int, kind: int) -> int:
    """Tell where a value ends."""
    if kind in (1, 2):  # a truth, which its type tells
        return at
    if kind == 3:
        return at + 1
    if kind in (4, 5, 6):
        while data[at] > 127:
            at += 1
        return at + 1
    if kind == 7:
        return at + 8
    if kind == 8:
        length, at = _number(data, at)
        return at + length
    if kind in (LIST, 10):
        count, kind, at = _header(data, at)
        for _ in range(count):
            at = _end(data, at, 3 if kind in (1, 2) else kind)
        return at
    if kind == STRUCT:
        while kind := data[at] & 15:
            at = (at if data[at] >> 4 else _end(data, at + 1, 4) - 1) + 1
            at = _end(data, at, kind)
        return at + 1
    raise ValueError(f"a value of type {kind}, which no footer of a Parquet file has")


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Read how many items a list has, of which type, and where the first is."""
    count, kind = data[at] >> 4, data[at] & 15
    if count < 15:
        return count, kind, at + 1
    count, at = _number(data, at + 1)
    return count, kind, at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of any length, and where it ends."""
    number = shift = 0
    while data[at] > 127:
        number |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
    return number | data[at] << shift, at + 1


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number > 127:
        digits.append(number & 127 | 128)
        number >>= 7
    return bytes([*digits, number])
