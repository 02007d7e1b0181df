"""Where the kit's own files lie, and how a user's files are read and written without losing any."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from decision_kit.errors import InputError

PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Find a folder that is shipped with the kit.

    Parameters
    ----------
    name : str
        ``"data"`` or ``"notebooks"``.

    Returns
    -------
    pathlib.Path
        The copy inside an installed package, else the folder beside it in a checkout.
    """
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def read_text(path: Path) -> str:
    """Read a UTF-8 text file (a byte order mark is accepted).

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        Its text, line ends as they are.

    Raises
    ------
    InputError
        If the file is missing, not readable or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8 text; save the file as UTF-8.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({reason(error)}).") from None


def replace(path: Path, text: str) -> None:
    """Write a file so that at every moment either the old or the new text is there, whole.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made if it is missing.
    text : str
        Its new text.

    Raises
    ------
    InputError
        If it cannot be written; the file that was there is untouched.
    """
    with beside(path) as part:
        part.write_bytes(text.encode("utf-8"))


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a file beside another to write to; when that went well it is flushed to disk and moved into place.

    Parameters
    ----------
    path : pathlib.Path
        The file to replace; its folder is made if it is missing.

    Yields
    ------
    pathlib.Path
        The one to write.

    Raises
    ------
    InputError
        If it cannot be written. After this or any other error the file that was there is untouched and no other left.
    """
    part = path.with_name(f".{path.name[:80]}.{os.getpid()}-{time.monotonic_ns()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({reason(error)}); nothing was changed.") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made if it is missing.
    text : str
        Its text.

    Raises
    ------
    InputError
        If the file exists or cannot be written; a half-written file is taken away again.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("xb")
    except FileExistsError:
        raise InputError(f"{path}: is there already and is never overwritten.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({reason(error)}).") from None
    try:
        with stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({reason(error)}).") from None


def reason(error: OSError) -> str:
    """Say in the system's words why a file could not be used, without its path."""
    return (error.strerror or type(error).__name__).lower()
