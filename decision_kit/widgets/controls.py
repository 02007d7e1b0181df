"""What the controls of all notebooks share: errors told in the page, controls tied to values, files to choose from."""

import functools
import itertools
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets

from decision_kit import cases, files, knowledge, panels, records, sensitivity, wording
from decision_kit.cases import Case
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge

ENDING = records.ENDINGS["json"]
WIDE = {"width": "430px"}
LINE = {"width": "100%"}
LABEL = {"description_width": "80px"}
OWN_CASES = "my-cases.csv"
"""Where a person's own cases lie in their folder."""
WHOSE = {"whole": "the whole flow", "core": "the core alone", "reactions": "the reactions alone"}
"""The scopes in words."""


class Page(anywidget.AnyWidget):
    """What only the page can do; ``show`` names the part to bring into view.

    By ``identity`` a kernel knows it, and one that was started anew does not.
    """

    _esm = Path(__file__).parent / "page.js"
    show = traitlets.Unicode("").tag(sync=True)
    identity = traitlets.Unicode("").tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.identity = self.model_id or ""


class Board:
    """Controls of one notebook, with the place where everything that goes wrong is told.

    Parameters
    ----------
    folder : pathlib.Path
        Where ``decisions/`` and ``records/`` are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.message = w.HTML()
        self.page = Page()
        self.refreshers: list[Callable[[], None]] = []
        self._offering = False
        self.knowledge, warning = known()
        self.warning = w.HTML(panels.message(warning) if warning else "")

    def attempt(self, act: Callable[[], None]) -> bool:
        """Do something a person asked for; if it fails, tell them in the page and keep what was there."""
        try:
            act()
        except InputError as error:
            self.message.value = panels.message(str(error))
        except Exception as error:  # noqa: BLE001 - an error in a callback would be seen nowhere
            self.message.value = panels.message(f"This did not work ({type(error).__name__}: {error}).")
        else:
            self.message.value = ""
            return True
        return False

    def bind(self, control: w.Widget, read: Callable[[], Any], write: Callable[[Any], None]) -> w.Widget:
        """Tie a control to a value: it shows what ``read`` gives, and what a person sets goes to ``write``."""

        def on_change(change: dict[str, Any]) -> None:
            if not self._offering and change["new"] != read():
                taken = self.attempt(lambda: write(change["new"]))
                if not taken:
                    refresh()  # what could not be taken does not stay in the box as if it were

        def refresh() -> None:
            if control.value != read():
                control.value = read()

        refresh()
        control.observe(on_change, "value")
        self.refreshers.append(refresh)
        return control

    def offer(self, control: w.Widget, options: Any, value: Any) -> None:
        """Change what can be chosen in a list, and what is.

        The page shows a choice only when its place changes, so it is taken away in between; else the list is blank.
        """
        self._offering = True
        try:
            control.options = options
            control.value = None
            control.value = value
        finally:
            self._offering = False

    def button(self, text: str, act: Callable[[], None], style: str = "", busy: str = "") -> w.Button:
        """Make a button that does something; ``busy`` is what it says meanwhile, where that takes a while."""
        button = w.Button(description=text, button_style=style)
        button.add_class("dk-wide")

        def on_click(_: w.Button) -> None:
            if busy:
                button.description = busy
                button.add_class("dk-busy")  # the page lets no second press through
            self.attempt(act)
            if busy:
                button.remove_class("dk-busy")
                button.description = text

        button.on_click(on_click)
        return button

    @functools.cached_property
    def head(self) -> w.Widget:
        """Hold what every part of the page needs once."""
        box = w.VBox([w.HTML(panels.style()), self.page])
        box.layout = w.Layout(height="0", overflow="hidden", margin="0")
        return box

    def decisions(self) -> list[Path]:
        """List the decision files of the folder."""
        return sorted((self.folder / "decisions").glob(f"*{ENDING}"))

    def recorded(self) -> list[Path]:
        """List the decisions behind the records that were exported."""
        return sorted((self.folder / "records").glob(f"*{ENDING}"))

    def own_cases(self) -> tuple[Case, ...]:
        """Read the cases of one's own, if there are any."""
        path = self.folder / OWN_CASES
        return cases.load(path, self.knowledge) if path.exists() else ()


def known() -> tuple[Knowledge, str]:
    """Load the knowledge that the command was given, with a warning where it can hardly say what it compares."""
    folder = os.environ.get("DECISION_KIT_KNOWLEDGE")
    loaded = knowledge.load(folder)
    return loaded, wording.reach(sensitivity.reachable(loaded), loaded) if folder else ""


def examples() -> dict[str, Path]:
    """List the shipped examples by title."""
    return {title(path): path for path in sorted((files.shipped("data") / "examples").glob(f"*{ENDING}"))}


def named(paths: Iterable[Path]) -> dict[str, Path]:
    """List decision files by title and file name."""
    return {f"{title(path)} ({path.name.removesuffix(ENDING)})": path for path in paths}


def free(folder: Path, stem: str) -> Path:
    """Find a name in a folder that no file has yet."""
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{ENDING}" for number in itertools.count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def title(path: Path) -> str:
    """Say what a decision file is about."""
    try:
        return _title_then(path, path.stat().st_mtime_ns)
    except (InputError, OSError):
        return "cannot be read"


@functools.cache
def _title_then(path: Path, _changed: int) -> str:
    """Read a file's title once for each state of it; the list of decisions is looked at with every answer."""
    return " ".join(Decision.open(path).name.split())[:60]


def stacked(label: str, control: w.Widget) -> w.Widget:
    """Put a control's label above it, where a whole question has room."""
    control.description = label
    control.layout = w.Layout(width="100%")
    control.add_class("dk-stacked")
    return control


def form(children: list[w.Widget]) -> w.Widget:
    """Stack controls in a column that reads well."""
    box = w.VBox(children)
    box.add_class("dk-form")
    return box
