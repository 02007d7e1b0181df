"""The systems of a person's folder: pairs of tables, never written over."""

import re
from pathlib import Path

from decision_kit import files

FOLDER = "systems"
"""Where they lie in a person's folder."""
PARTS, LINKS = ".parts.csv", ".links.csv"
"""How the names of the two tables of a system end."""
MOVED = "-moved"
"""Ends the name of a copy in which something was moved; where that is taken too, a number follows."""


def own(folder: Path) -> dict[str, Path]:
    """List the tables of parts in ``systems/`` of a person's folder, by name."""
    return {stem(path): path for path in sorted((folder / FOLDER).glob(f"*{PARTS}"))}


def newest(folder: Path) -> Path | None:
    """Find the table of parts that was written last; of a system and its moved copies only the system counts."""
    found = own(folder)
    begun = [path for name, path in found.items() if re.sub(rf"{MOVED}(-\d+)?$", "", name) not in found.keys() - {name}]
    return max(begun, key=lambda path: path.stat().st_mtime, default=None)


def examples() -> dict[str, Path]:
    """List the tables of parts that are shipped as examples, by title."""
    found = sorted((files.shipped("data") / "examples").glob(f"*{PARTS}"))
    return {f"Example: {title(path)}": path for path in found}


def stem(parts: Path) -> str:
    """Give the name that the two tables of a system share."""
    return parts.name.removesuffix(PARTS)


def links(parts: Path) -> Path:
    """Name the table of links that belongs to a table of parts."""
    return parts.with_name(stem(parts) + LINKS)


def title(parts: Path) -> str:
    """Name a system for people."""
    return stem(parts).replace("-", " ").capitalize()


def write(folder: Path, name: str, parts: str, links: str) -> Path:
    """Write both tables of a system, both or neither, under a name that no table has yet.

    Parameters
    ----------
    folder : pathlib.Path
        A person's folder.
    name : str
        What the name begins with; a number is added where it is taken.
    parts, links : str
        The tables.

    Returns
    -------
    pathlib.Path
        The table of parts.

    Raises
    ------
    InputError
        If they cannot be written.
    """
    place = folder / FOLDER
    found = next(files.free(place, name, PARTS, LINKS))
    contents = {f"{found}{PARTS}": parts, f"{found}{LINKS}": links}
    files.together(place, contents, fresh=contents)
    return place / f"{found}{PARTS}"
