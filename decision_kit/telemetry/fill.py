"""Fill what is empty in a table that a person may have written; what is there stays as it is."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from decision_kit import files, tables

Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table of text as it lies in a file, or is to be written there.

    Attributes
    ----------
    path : pathlib.Path
    columns : tuple of str
    rows : tuple of dict
        From column to cell.
    filled : int
        How many cells :meth:`fill` filled.
    kept : tuple of str
        Where it left a cell that says something else, in sentences.
    separator : str
        What stands between its cells.
    spelled : mapping of str to str
        How the file spells those of its columns that it calls otherwise.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    filled: int = 0
    kept: tuple[str, ...] = ()
    separator: str = ","
    spelled: Mapping[str, str] = field(default_factory=dict)

    def fill(self, new: Iterable[Mapping[str, str]], key: Sequence[str]) -> "Table":
        """Fill empty cells, and add the rows that are not there; that a note says something else need not be told.

        Parameters
        ----------
        new : iterable of mapping of str to str
            Rows; an empty cell says nothing.
        key : sequence of str
            Columns that tell which row is meant. The last of several may be empty in the table, and is then filled.
        """
        rows = [dict(row) for row in self.rows]
        there = {_name(row, key): row for row in rows}
        filled, kept = 0, []
        for cells in new:
            name = _name(cells, key)
            row = there.get(name) or (there.pop((*name[:-1], ""), None) if len(name) > 1 else None)
            if row is None:
                row = dict.fromkeys(self.columns, "")
                rows.append(row)
            there[name] = row
            for column, cell in cells.items():
                if cell and not row[column]:
                    row[column] = cell
                    filled += 1
                elif cell and _plain(row[column]) != _plain(cell) and column != "note":
                    kept.append(f"{self.path.name}, {' '.join(name)}: {column} stays {row[column]}, measured is {cell}")
        return replace(self, rows=tuple(rows), filled=filled, kept=tuple(kept))

    def save(self) -> None:
        """Write the table, unless nothing was filled.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        if self.filled or not self.path.exists():
            names = {column: self.spelled.get(column, column) for column in self.columns}
            rows = ({names[column]: cell for column, cell in row.items()} for row in self.rows)
            files.replace(self.path, tables.to_csv(rows, names.values(), self.separator))


def read(path: Path, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """Read a table, or begin one where there is none.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file, which may be missing.
    columns : sequence of str
        Those it shall have; what else is there is kept.
    needed : sequence of str
        Those that must be there if the file is.

    Raises
    ------
    InputError
        If the file cannot be read, a needed column is missing, a column stands twice or a row has not as many cells.
    """
    if not path.exists():
        return Table(path, tuple(columns), ())
    text = files.read_text(path)
    separator = tables.separator(text)
    header = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    spelled = tables.spelled(header, columns)
    names = {own: name for name, own in spelled.items()}
    header = [names.get(own, own) for own in header]
    given = tables.rows(path, text, dict.fromkeys(needed, str), dict.fromkeys(header, str))
    added = tuple(column for column in columns if column not in header)
    rows = tuple(row | dict.fromkeys(added, "") for row in given)
    return Table(path, (*header, *added), rows, separator=separator, spelled=spelled)


def _name(row: Mapping[str, str], key: Sequence[str]) -> tuple[str, ...]:
    """Tell which row is meant: ids as they are, and the kind of a link in small letters."""
    first, *others = (row[column] for column in key)
    return first, *others[:-1], *(kind.casefold() for kind in others[-1:])


def _plain(cell: str) -> str:
    """Give a cell without what does not count when it is read: capitals, and the end of a whole 4.0."""
    return cell.casefold().removesuffix(".0")
