"""Open the notebooks in the browser, as notebooks or as an app: copies of them, a server of the kit's own, one page."""

import importlib.util
import json
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import FrameType
from urllib.parse import quote, urlencode

from decision_kit import extras, files
from decision_kit.errors import InputError
from decision_kit.jupyter.process import APP, LAB, serving


def prepare(folder: Path, notebooks: Path | None = None) -> list[str]:
    """Put a clean, trusted copy of every shipped notebook into a person's folder.

    People work on copies, also in a checkout, because Jupyter saves outputs by itself.

    Parameters
    ----------
    folder : pathlib.Path
        The person's folder; made if it is missing.
    notebooks : pathlib.Path, optional
        The folder of the shipped notebooks; the kit's own if left out.

    Returns
    -------
    list of str
        One sentence for each notebook that was not the kit's and is kept under a new name.

    Raises
    ------
    InputError
        If the folder cannot be used; nothing in it is lost.
    """
    notebooks = files.shipped("notebooks") if notebooks is None else notebooks
    shipped = {source: files.read_text(source) for source in sorted(notebooks.glob("*.ipynb"))}
    if not shipped:
        raise InputError(f"{notebooks}: the kit's notebooks are missing; install the kit again.")
    if folder.is_file():
        raise InputError(f"{folder}: is a file; name a folder for the notebooks.")
    if os.path.realpath(folder) == os.path.realpath(notebooks):
        raise InputError(f"{folder}: holds the kit's own notebooks; name another folder to work in.")
    told = []
    for source, text in shipped.items():
        place = folder / source.name
        if os.path.lexists(place) and not _same_sources(place, text):
            kept = _set_aside(place)
            told.append(f"{place.name} was not as the kit ships it; yours is kept as {kept.name}.")
        # Also over an unedited copy: the widgets in its old outputs would say "Loading widget..." for ever.
        files.replace(place, text)
    _trust(shipped.values())
    return told


def run(
    folder: Path,
    notebook: str = "1_decide.ipynb",
    browser: bool = True,  # noqa: FBT001, FBT002 - called by name
    say: Callable[[str], None] = print,
    *,
    app: bool = False,
) -> int:
    """Serve a folder, open one of its notebooks in the browser, and stay until stopped.

    Ctrl+C, a request to terminate, the terminal's end and Jupyter's own "Shut Down" all stop it.
    To be called from the main thread, the only one that Python tells of signals.

    Parameters
    ----------
    folder : pathlib.Path
        The person's folder, as `prepare` left it.
    notebook : str
        The notebook to open, the name of a file in the folder.
    browser : bool
        Whether to open the browser; the address is told in any case.
    say : callable
        Tells the person one line.
    app : bool
        Whether each notebook is shown as a page of an app, which runs by itself and shows no code.

    Returns
    -------
    int
        0, once the server and its kernels have ended.

    Raises
    ------
    InputError
        If there is no such notebook, the app is not installed, or the server does not start or breaks.
    """
    if app and importlib.util.find_spec("voila") is None:  # found, it is not imported, which takes a second
        extras.need("voila", "The app")
    if not (folder / notebook).is_file():
        raise InputError(f"{folder / notebook}: there is no such notebook.")
    with (
        tempfile.TemporaryDirectory(prefix="decision-kit-", ignore_cleanup_errors=True) as scratch,
        _stoppable(),
        serving(folder, Path(scratch), APP if app else LAB) as server,
    ):
        if not app:
            # With the session there, a click on Start is kept until its kernel is up, and never lost. So the
            # page may load while the kernel starts.
            kernel = {"name": "python3"}  # what Jupyter calls the Python it runs on itself
            server.ask("api/sessions", {"path": notebook, "name": notebook, "type": "notebook", "kernel": kernel})
        page, what = ("voila/render", "app") if app else ("doc/tree", "notebook")
        address = f"{server.url}{page}/{quote(notebook)}?{urlencode({'token': server.token})}"
        say(f"The {what} opens in your browser; if not, open this address:" if browser else "Open this address:")
        say(address)
        say("Ctrl+C here stops it.")
        sys.stdout.flush()
        if browser:
            # In a thread: without a graphical browser Python may find one for the terminal, and wait for it.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        server.wait()
    return 0


def _same_sources(place: Path, text: str) -> bool:
    """Whether a person's copy has the cells of a shipped notebook, whatever their outputs."""
    try:
        return _sources(files.read_text(place)) == _sources(text)
    except (InputError, ValueError, KeyError, TypeError):
        return False  # no notebook at all


def _sources(text: str) -> list[tuple[str, str]]:
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    # Shift+Enter in the last cell adds an empty one, which is nobody's edit.
    return [(kind, source) for kind, source in cells if source.strip()]


def _set_aside(place: Path) -> Path:
    number = 0
    while True:
        number += 1
        kept = place.with_name(f"{place.stem}.edited-{number}{place.suffix}")
        try:
            kept.touch(exist_ok=False)  # takes the name, so that no second start can take it too
            place.replace(kept)
        except FileExistsError:
            continue
        except OSError as error:
            with suppress(OSError):
                kept.unlink(missing_ok=True)
            raise InputError(f"{place}: cannot be kept as {kept.name} ({files.reason(error)}).") from None
        return kept


def _trust(notebooks: Iterable[str]) -> None:
    """Say to Jupyter that notebooks may run on a click; without it, Start opens a dialog."""
    # As in jupyter/server.py: 1.4 s less to import.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import nbformat  # noqa: PLC0415 - not on the way to a verdict on the command line
    from nbformat.sign import NotebookNotary  # noqa: PLC0415

    try:
        notary = NotebookNotary()  # type: ignore[no-untyped-call]
        with closing(notary.store):
            for text in notebooks:
                notary.sign(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
    except OSError as error:
        raise InputError(f"{error.filename}: Jupyter cannot write there ({files.reason(error)}).") from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """Leave the body when the process is asked to end, once, and let nothing interrupt the way out."""
    asked = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in asked:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in asked}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
