"""Where the kit's own files lie, and how a user's files are read and written without losing any."""

import codecs
import contextlib
import itertools
import json
import os
import re
import stat
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from decision_kit.errors import InputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PACKAGE = Path(__file__).parent

JOURNAL = ".decision-kit-unfinished.json"
"""Lies in a folder while several of its files are changed together."""

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What a file of UTF-16 may begin with."""

LEFT_OVER = ".part"
"""Ends the name of a file that is not moved into its place yet."""


def shipped(name: str) -> Path:
    """Find ``data`` or ``notebooks``: the copy inside an installed package, else the folder beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def read_text(path: Path) -> str:
    """Read a UTF-8 text file, line ends as they are and without a byte order mark.

    Raises
    ------
    InputError
        If the file is missing, not readable or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: {not_utf8(error.object, f'byte {error.start} ')}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({reason(error)}).") from None


def not_utf8(start: bytes, where: str = "") -> str:
    """Say why a file cannot be read as text, and what to do.

    Parameters
    ----------
    start : bytes
        The file, or as much of it from its first byte on as is known.
    where : str
        Words for the place of what is wrong, told where the start does not say what the file is.
    """
    if start.startswith(b"PK\x03\x04"):  # a zip archive, which workbooks are
        return "is a workbook, such as Excel saves, and not text; save the table as CSV in UTF-8."
    if start.startswith(UTF16):
        return "is UTF-16, as Excel and PowerShell may write it; save the file as UTF-8."
    return f"{where}is not UTF-8 text; save the file as UTF-8."


def replace(path: Path, text: str) -> None:
    """Write a file so that at every moment either the old or the new text is there, whole; its folder is made too.

    Raises
    ------
    InputError
        If it cannot be written; the file that was there is untouched.
    """
    with beside(path) as part:
        part.write_bytes(text.encode("utf-8"))


def read_if_there(path: Path) -> str | None:
    """Read a text file as :func:`read_text` does, or give nothing where there is none."""
    return read_text(path) if os.path.lexists(path) else None


def replace_if(path: Path, known: str | None, text: str) -> bool:
    """Replace a file only where it still holds what is known of it, also when several processes do so at once.

    Parameters
    ----------
    path : pathlib.Path
    known : str or None
        What it held when it was last looked at; ``None`` if there was no such file, whose folder is then made.
    text : str

    Returns
    -------
    bool
        Whether it was replaced; if not, it holds something else by now, or is gone.

    Raises
    ------
    InputError
        If it cannot be read or written; what was there is untouched.
    """
    if known is not None and not path.parent.is_dir():
        return False
    with _alone(path):
        if read_if_there(path) != known:
            return False
        replace(path, text)
        return True


def free(folder: Path, stem: str, *endings: str) -> Iterator[str]:
    """List names that no file of a folder has yet, with any of some endings: the stem, or it and a number.

    Parameters
    ----------
    folder : pathlib.Path
        May be missing.
    stem : str
        The beginning of the name.
    *endings : str
        What follows the name in each of the files that are to be written.

    Yields
    ------
    str
        A name without an ending.
    """
    for number in itertools.count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        if not any(os.path.lexists(folder / f"{name}{ending}") for ending in endings):
            yield name


def rename_if(path: Path, known: str, new: Path) -> bool:
    """Rename a file within its folder, only where it still holds what is known of it and the new name is free.

    Returns
    -------
    bool
        Whether it was renamed.

    Raises
    ------
    InputError
        If it cannot be read or renamed, or is read-only.
    """
    if not path.parent.is_dir():
        return False
    with _alone(path):
        if read_if_there(path) != known or os.path.lexists(new):
            return False
        _check_not_protected(path)
        try:
            path.rename(new)
        except OSError as error:
            raise InputError(f"{path}: cannot be renamed ({reason(error)}).") from None
        return True


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep every other process that asks for the same out of a file's folder; its end, even by a kill, lets go."""
    try:
        _make(path.parent)
        folder = _real(path).parent  # the same for all who come to the file through links
        if sys.platform == "win32":  # where a folder cannot be opened
            held = os.open(folder / ".decision-kit.lock", os.O_RDWR | os.O_CREAT)
        else:
            held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({reason(error)}); nothing was changed.") from None
    try:
        with contextlib.suppress(OSError):  # a file system without locks still gets the comparison
            if sys.platform == "win32":
                msvcrt.locking(held, msvcrt.LK_LOCK, 1)  # its first byte, there or not; tried for 9 s
            else:
                fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        if sys.platform == "win32":
            with contextlib.suppress(OSError):  # Windows lets go of what is only closed when it comes to it
                msvcrt.locking(held, msvcrt.LK_UNLCK, 1)
        os.close(held)


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a file beside another to write to; when that went well it is flushed to disk and moved into place.

    Parameters
    ----------
    path : pathlib.Path
        The file to replace; its folder is made if it is missing. Of a link it is the file that the link leads to.

    Yields
    ------
    pathlib.Path
        The one to write.

    Raises
    ------
    InputError
        If it cannot be written or is read-only. After this or any other error the file that was there is untouched and
        no other left.
    """
    real = _real(path)
    try:
        _make(path.parent)
        _check_not_protected(path)
        with _held(real) as part:
            yield part
            with part.open("rb+") as stream:
                os.fsync(stream.fileno())
            if real.exists():
                part.chmod(real.stat().st_mode & 0o777)
            part.replace(real)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({reason(error)}); nothing was changed.") from None


@contextlib.contextmanager
def _held(path: Path) -> Iterator[Path]:
    """Give a file beside another, locked so that :func:`sweep` sees that somebody writes it, and leave none."""
    part = _beside(path)
    try:
        if sys.platform == "win32":  # where locked bytes cannot be written
            yield part
            return
        with part.open("xb") as stream:
            with contextlib.suppress(OSError):  # a file system without locks; then nothing is swept either
                fcntl.flock(stream, fcntl.LOCK_EX)
            if os.fstat(stream.fileno()).st_nlink:
                yield part
                return
        with _held(path) as another:  # swept between its first moment and its lock
            yield another
    finally:
        _remove(part)


def _real(path: Path) -> Path:
    """Find the file that a link leads to, however many links lie between; any other path is itself."""
    return Path(os.path.realpath(path))


def _make(folder: Path) -> None:
    """Make a folder if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        for link in (folder, *folder.parents):
            if link.is_symlink() and not link.exists():
                raise InputError(
                    f"{link}: is a link to {link.readlink()}, which is not there; make it there or remove the link. "
                    "Nothing was changed."
                ) from None
        raise


def _check_not_protected(path: Path) -> None:
    """Refuse to replace a file that its owner made read-only; that its folder can be written would allow it.

    The mode says so to everyone; whether the system would let one write is another question, which it answers with yes
    to root whatever the mode.
    """
    if path.is_file() and not path.stat().st_mode & stat.S_IWUSR:
        raise InputError(
            f"{path}: is read-only, so nothing was changed; allow writing to it first, or use another name."
        )


def sweep(path: Path) -> None:
    """Remove the files beside another that were left by processes killed while they wrote it.

    What a process writes is locked until it ends, however it ends, so nobody's work is taken away; where a system or
    a folder knows no such locks, nothing is removed.

    Parameters
    ----------
    path : pathlib.Path
        The file that they would have replaced, which is not one of several written by :func:`together`.
    """
    if sys.platform == "win32":
        return
    path = _real(path)
    name = re.compile(rf"{re.escape(_named(path))}[.]\d+-\d+{re.escape(LEFT_OVER)}")
    for part in filter(lambda part: name.fullmatch(part.name), path.parent.glob(f".*{LEFT_OVER}")):
        with contextlib.suppress(OSError), part.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def together(folder: Path, contents: Mapping[str, str | bytes | None], fresh: Collection[str] = ()) -> None:
    """Write, replace and remove several files of one folder, all of them or none.

    Everything is written beside and flushed; then a journal names what is to be moved where, and from then on the
    change can be finished by :func:`finish`, whatever happens. Before that, nothing has changed.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it is missing.
    contents : mapping of str to str, bytes or None
        The files by name with what they are to hold; ``None`` to remove one.
    fresh : collection of str
        Names that must not be there yet.

    Raises
    ------
    InputError
        If something cannot be written or is read-only, a fresh name is taken, or another change is not finished; the
        sentence says whether anything was changed.
    """
    moves: dict[str, str] = {}
    try:
        _make(folder)
        with contextlib.ExitStack() as undo:
            for name, content in contents.items():
                if content is not None:
                    part = _beside(_real(folder / name))
                    _write(part, content.encode("utf-8") if isinstance(content, str) else content)
                    undo.callback(_remove, part)
                    moves[part.name] = name
            taken = next((name for name in fresh if os.path.lexists(folder / name)), None)
            if taken is not None:
                raise InputError(f"{folder / taken}: is there already and is never overwritten.")
            for name in contents:
                _check_not_protected(folder / name)
            plan = {"move": moves, "remove": [name for name, content in contents.items() if content is None]}
            try:
                _write(folder / JOURNAL, json.dumps(plan).encode())
            except FileExistsError:
                raise InputError(
                    f"{folder}: another change is under way or was cut off; if none is, `decision-kit check {folder} "
                    "--finish` completes it. Nothing was changed."
                ) from None
            undo.pop_all()  # from here on the journal says what is to be done
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to ({reason(error)}); nothing was changed.") from None
    finish(folder)


def finish(folder: Path) -> bool:
    """Finish a change of several files that was cut off.

    Returns
    -------
    bool
        Whether there was one.

    Raises
    ------
    InputError
        If it cannot be finished now either; it can be tried again.
    """
    journal = folder / JOURNAL
    try:
        if not journal.exists():
            return False
        try:
            plan = json.loads(journal.read_bytes())
        except ValueError:  # cut off while it was written, before anything was moved
            plan = {"move": {}, "remove": []}
        for beside, name in plan["move"].items():
            real = _real(folder / Path(name).name)
            part = real.with_name(Path(beside).name)
            if part.exists():
                part.replace(real)
        for name in plan["remove"]:
            (folder / Path(name).name).unlink(missing_ok=True)
        journal.unlink()
    except OSError as error:
        raise InputError(
            f"{folder}: the change was cut off ({reason(error)}); `decision-kit check {folder} --finish` completes it."
        ) from None
    return True


def _beside(path: Path) -> Path:
    return path.with_name(f"{_named(path)}.{os.getpid()}-{time.monotonic_ns()}{LEFT_OVER}")


def _named(path: Path) -> str:
    return f".{path.name[:80]}"


def _write(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, down to the disk; a half-written one is taken away again."""
    with path.open("xb") as stream:
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError:
            _remove(path)
            raise


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """Say in the system's words why a file could not be used, without its path."""
    return (error.strerror or type(error).__name__).lower()
