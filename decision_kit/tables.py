"""Tables of text, each cell checked when read, so that a mistake is told by file, row and column."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from decision_kit.errors import InputError
from decision_kit.grammar import listed

SEPARATORS = ",;\t|"
"""What may stand between the cells of a CSV file; where the comma is for decimals, spreadsheets write semicolons."""
FIRST_ROW = 2
"""The row of the first entry of a table, as a person sees it in the margin of a spreadsheet: the header is row 1."""
TOLD = 5
"""So many mistakes of a file are told at once; of more their number."""

Check = Callable[[str], Any]
"""Takes the text of a cell and gives its value; raises ValueError with what is allowed."""


def rows(
    path: Path,
    text: str,
    columns: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    others: bool = True,
) -> list[dict[str, Any]]:
    """Read a table, checking each cell by its column's function.

    Parameters
    ----------
    path : pathlib.Path
        The file, to name it where something is wrong.
    text : str
        Its text.
    columns : mapping of str to Check
        The columns that must be there, found by :func:`spelled`.
    optional : mapping of str to Check, optional
        Columns that may be missing; their cells then count as empty.
    others : bool
        Whether other columns are left alone; where most columns may be missing, a slip in a name would go unseen.

    Returns
    -------
    list of dict
        One for each row, from column to value.

    Raises
    ------
    InputError
        If there is no header, columns are missing (all are named), one stands twice or is not allowed, or with the
        first mistakes in the rows: too few or too many cells, or what is not allowed in one. Rows are counted from
        ``FIRST_ROW`` on.
    """
    if not text.strip():
        raise InputError(f"{path}: is empty.")
    checks = dict(columns) | dict(optional or {})
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator(text))
    found: list[dict[str, Any]] = []
    mistakes: list[str] = []
    at = 0
    try:
        header = next(reader, [])
        names = {own: name for name, own in spelled(header, checks).items()}
        there = [names.get(own, own) for own in header]
        _check_header(path, there, columns, checks, others=others)
        at = 1
        for at, cells in enumerate(reader, FIRST_ROW):
            if cells and len(cells) != len(there):
                mistakes.append(f"{at}: has not as many cells as the header.")
            elif cells:
                row, wrong = _checked(dict(zip(there, cells, strict=True)), checks)
                found.append(row)
                mistakes += [f"{at}, {told}" for told in wrong]
    except csv.Error as error:
        mistakes.append(f"{at + 1}: is not a CSV row ({error}).")
    if mistakes:
        more = len(mistakes) - TOLD
        also = f" And {more:,} more like these." if more > 0 else ""
        raise InputError(f"{path}, row {' Row '.join(mistakes[:TOLD])}{also}")
    return found


def separator(text: str) -> str:
    """Tell what stands between the cells of a CSV file: of ``SEPARATORS`` the one that its header holds most often.

    Parameters
    ----------
    text : str
        The file, or its first line.
    """
    header = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    return max(SEPARATORS, key=header.count)


def spelled(there: Iterable[Any], known: Collection[str]) -> dict[str, str]:
    """Find how a table spells its columns: capitals and outer blanks do not matter where only one column matches.

    Parameters
    ----------
    there : iterable
        The names of its columns; what is no text matches nothing.
    known : collection of str
        The names that are looked for.

    Returns
    -------
    dict of str to str
        From a known name to that of the table, for those that are there.
    """
    names = [name for name in there if isinstance(name, str)]
    alike: dict[str, set[str]] = {}
    for name in names:
        if name not in known:
            alike.setdefault(name.strip().casefold(), set()).add(name)
    found = {name: {name} if name in names else alike.get(name.casefold(), set()) for name in known}
    return {name: next(iter(own)) for name, own in found.items() if len(own) == 1}


def missing(columns: Sequence[str]) -> str:
    """Say that columns are missing, naming all of them at once."""
    names = listed(repr(column) for column in columns)
    return f"the column {names} is missing" if len(columns) == 1 else f"the columns {names} are missing"


def twice(columns: Iterable[object]) -> str:
    """Say which column stands twice, the first if several do; empty where none does."""
    again = [column for column, times in Counter(columns).items() if times > 1]
    return f"the column {again[0]!r} stands twice; each only once." if again else ""


def _check_header(
    path: Path, there: Sequence[str], needed: Collection[str], known: Collection[str], *, others: bool
) -> None:
    """Check the columns that are there."""
    if lacking := [column for column in needed if column not in there]:
        raise InputError(f"{path}: {missing(lacking)}; needed: {', '.join(needed)}.")
    if told := twice(column for column in there if column in known):
        raise InputError(f"{path}: {told}")
    if not others and (strange := [column for column in there if column not in known]):
        raise InputError(f"{path}: the column {strange[0][:60]!r} is not known; allowed are {', '.join(known)}.")


def _checked(cells: Mapping[str, str], checks: Mapping[str, Check]) -> tuple[dict[str, Any], list[str]]:
    """Give the values of a row, and what is wrong with those that are not allowed."""
    row, wrong = {}, []
    for column, check in checks.items():
        value = cells.get(column, "").strip()
        try:
            row[column] = check(value)
        except ValueError as allowed:
            wrong.append(f"column {column}: {value[:60]!r} is not allowed; allowed is {allowed}.")
    return row, wrong


def to_csv(rows: Iterable[Mapping[str, object]], columns: Iterable[str], separator: str = ",") -> str:
    """Write rows as a table that :func:`rows` reads.

    Parameters
    ----------
    rows : iterable of mapping of str to object
        From column to cell.
    columns : iterable of str
        In the order in which they are written.
    separator : str
        What stands between two cells, one of ``SEPARATORS``.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), lineterminator="\n", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def filled(value: str) -> str:
    """Take any text but none."""
    if not value:
        raise ValueError("any text, not an empty cell")
    return value


def once(check: Check) -> Check:
    """Make a check that takes each id in one row only, for one reading of one table."""
    seen: set[str] = set()

    def check_if_new(value: str) -> Any:
        found = check(value)
        if found in seen:
            raise ValueError("an id that no row above has")
        seen.add(found)
        return found

    return check_if_new


def identifier(value: str) -> str:
    """Take a short name without blanks."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", value):
        raise ValueError("a short name of letters, digits, '_', '-' and '.'")
    return value


def address(value: str) -> str:
    """Take a web address, or nothing."""
    if value and not re.fullmatch(r"https?://[^\s<>|\"]+\.[^\s<>|\"]+", value):
        raise ValueError("an address that begins with https:// or http://, or an empty cell")
    return value


def one_of(allowed: Collection[str]) -> Callable[[str], str]:
    """Make a check that takes one of these words, in small or capital letters, and gives it as it stands here."""
    words = {word.casefold(): word for word in allowed}

    def check(value: str) -> str:
        word = value if value in allowed else words.get(value.casefold())
        if word is None:
            raise ValueError(f"one of {', '.join(name or 'an empty cell' for name in allowed)}")
        return word

    return check


def some_of(allowed: Collection[str]) -> Callable[[str], tuple[str, ...]]:
    """Make a check that takes any of these words, with blanks between them."""
    one = one_of(allowed)

    def check(value: str) -> tuple[str, ...]:
        return tuple(one(word) for word in value.split())

    return check


def maybe(check: Check) -> Check:
    """Make a check that takes an empty cell for nothing, and leaves the others to another check."""

    def check_if_filled(value: str) -> Any:
        return check(value) if value else None

    return check_if_filled


def whole(low: int, high: int) -> Callable[[str], int]:
    """Make a check that takes a whole number between two."""
    known = whole_texts(low, high)

    def check(value: str) -> int:
        if value not in known:
            raise ValueError(f"a whole number from {low} to {high}")
        return known[value]

    return check


def whole_texts(low: int, high: int) -> dict[str, int]:
    """List how the whole numbers from one to another may be written: as 4, or as 4.0.

    pandas and spreadsheets write 4.0 where other cells of a column are empty.
    """
    return {text: number for number in range(low, high + 1) for text in (str(number), f"{number}.0")}


def number(value: str) -> Fraction:
    """Take a decimal number of 0 or more, exactly."""
    # Fraction reads "0.25" exactly, so that a tie is a tie to the last digit.
    if not re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        raise ValueError("a number of 0 or more with a decimal point, such as 0.25")
    return Fraction(value)
