"""Columns put beside those of a Parquet file, which are copied byte for byte and not encoded again.

To encode a column takes several times as long as to read it. A Parquet file says in its footer where each column of
each group of rows lies, so more columns can follow those that are there, and one new footer tells of all of them. The
footer is in Thrift's compact protocol, which can be passed over without knowing what it means; what is read here are
the few fields that name columns. All else stays as it was.

* Footer: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
* Protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

MAGIC = b"PAR1"
SCHEMA, GROUPS, NOTES, ORDERS = 2, 4, 5, 7
"""Fields of a footer. Notes are what programs add for themselves, such as the schemas of Arrow, pandas and Spark; they
tell of the old columns only, so they are left out."""
CHILDREN = 5
"""Field of the first entry of a schema: how many columns there are."""
CHUNKS, SIZES = 1, (2, 6)
"""Fields of a group of rows: its columns, and how many bytes they are, before they are compressed and after."""
COLUMN, PLACES = 3, (9, 11)
"""Fields of a column in a group: what is told of it, and in that where its pages and its dictionary begin."""
TRUTHS, BYTE, NUMBERS, FRACTION, TEXT, LISTS, STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12
"""Types of the protocol."""
EMPTY = LISTS[0], bytes([STRUCT])
"""A list of no structs."""
COPIED = 2**22
"""Bytes copied at once."""

Fields = dict[int, tuple[int, bytes]]
"""Type and bytes of each field of a struct, by its number."""


def begin(source: Path, part: BinaryIO) -> bytes:
    """Copy a Parquet file up to its footer.

    Parameters
    ----------
    source : pathlib.Path
    part : binary file
        Where to; the file of the other columns is to be written behind.

    Returns
    -------
    bytes
        The footer.
    """
    with source.open("rb") as stream:
        left = _footer(stream)
        stream.seek(0)
        while left and (data := stream.read(min(left, COPIED))):
            left -= part.write(data)
        return stream.read()[: -len(MAGIC) - 4]


def finish(part: BinaryIO, place: int, footer: bytes) -> None:
    """Put one footer in the place of that of the other columns.

    Parameters
    ----------
    part : binary file
        To read and write: what :func:`begin` copied, and behind it a Parquet file of other columns, with as many rows
        in each group.
    place : int
        Where in ``part`` that file begins.
    footer : bytes
        What :func:`begin` gave.
    """
    end = _footer(part)
    part.seek(end)
    joined = _joined(footer, part.read(), place)
    part.seek(end)
    part.truncate()
    part.write(joined + len(joined).to_bytes(4, "little") + MAGIC)


def _footer(stream: BinaryIO) -> int:
    """Tell where the footer of a file begins: its length stands behind it."""
    end = stream.seek(-len(MAGIC) - 4, 2)
    return end - int.from_bytes(stream.read(4), "little")


def _joined(one: bytes, other: bytes, place: int) -> bytes:
    (footer, _), (new, _) = _fields(one), _fields(other)
    (root, *columns), (added, *more) = _structs(footer, SCHEMA), _structs(new, SCHEMA)
    root[CHILDREN] = _plus(root[CHILDREN], _number(added[CHILDREN][1], 0)[0])
    groups = []
    for group, beside in zip(_structs(footer, GROUPS), _structs(new, GROUPS), strict=True):
        chunks = [_moved(chunk, place) for chunk in _structs(beside, CHUNKS)]
        group[CHUNKS] = _longer(group[CHUNKS], chunks)
        for size in set(SIZES) & group.keys() & beside.keys():
            group[size] = _plus(group[size], _number(beside[size][1], 0)[0])
        groups.append(_struct(group))
    footer[SCHEMA] = _longer(EMPTY, map(_struct, (root, *columns, *more)))
    footer[GROUPS] = _longer(EMPTY, groups)
    if ORDERS in footer:  # of values, one for each column
        footer[ORDERS] = _longer(footer[ORDERS], map(_struct, _structs(new, ORDERS)))
    footer.pop(NOTES, None)
    return _struct(footer)


def _moved(chunk: Fields, by: int) -> bytes:
    """Tell of a column that lies so many bytes further behind."""
    column, _ = _fields(chunk[COLUMN][1])
    for name in set(PLACES) & column.keys():
        column[name] = _plus(column[name], 2 * by)
    return _struct(chunk | {COLUMN: (STRUCT, _struct(column))})


def _plus(field: tuple[int, bytes], more: int) -> tuple[int, bytes]:
    """Add to a number; both are written doubled, as numbers below 0 stand between those above."""
    return field[0], _varint(_number(field[1], 0)[0] + more)


def _fields(data: bytes, at: int = 0) -> tuple[Fields, int]:
    """Take the struct apart that begins at a place, and tell where it ends."""
    fields: Fields = {}
    number = 0
    while data[at]:
        kind, step, at = data[at] & 15, data[at] >> 4, at + 1
        if step:
            number += step
        else:
            doubled, at = _number(data, at)
            number = doubled // 2
        end = _end(data, at, kind)
        fields[number] = kind, data[at:end]
        at = end
    return fields, at + 1


def _structs(fields: Fields, name: int) -> Iterator[Fields]:
    """Take the structs of a list apart."""
    data = fields[name][1]
    count, _, at = _header(data, 0)
    for _ in range(count):
        struct, at = _fields(data, at)
        yield struct


def _longer(field: tuple[int, bytes], structs: Iterable[bytes]) -> tuple[int, bytes]:
    """Put structs behind those of a list."""
    kind, data = field
    count, _, at = _header(data, 0)
    more = list(structs)
    return kind, b"".join((bytes([15 << 4 | STRUCT]), _varint(count + len(more)), data[at:], *more))


def _struct(fields: Fields) -> bytes:
    # The number of each field is written in full, which is allowed, and not as a step from the one before.
    return b"".join(bytes([kind]) + _varint(2 * name) + data for name, (kind, data) in sorted(fields.items())) + b"\0"


def _end(data: bytes, at: int, kind: int) -> int:
    """Tell where a value ends that begins at a place."""
    if kind in NUMBERS:
        while data[at] > 127:
            at += 1
        return at + 1
    if kind == TEXT:
        length, at = _number(data, at)
        return at + length
    if kind == STRUCT:
        while kind := data[at] & 15:
            at = _end(data, at + 1 if data[at] >> 4 else _end(data, at + 1, NUMBERS[0]), kind)
        return at + 1
    if kind in LISTS:
        count, kind, at = _header(data, at)
        for _ in range(count):
            at = _end(data, at, BYTE if kind in TRUTHS else kind)
        return at
    return at + {**dict.fromkeys(TRUTHS, 0), BYTE: 1, FRACTION: 8}[kind]  # the type of a truth tells it


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Read of a list how many items it has, of which type, and where the first begins."""
    count, kind, at = data[at] >> 4, data[at] & 15, at + 1
    if count == 15:  # or more
        count, at = _number(data, at)
    return count, kind, at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read seven bits of each byte up to one below 128, the lowest first; and where the number ends."""
    number = shift = 0
    while data[at] > 127:
        number |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
    return number | data[at] << shift, at + 1


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])
