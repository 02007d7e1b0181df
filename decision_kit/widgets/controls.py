"""What the controls of all notebooks share: errors told in the page, controls tied to values, files to choose from."""

import asyncio
import functools
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import anywidget
import ipywidgets as w
import traitlets

from decision_kit import cases, charts, files, knowledge, panels, sensitivity, sensitivity_wording
from decision_kit.cases import Case
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.keeper import ENDING
from decision_kit.knowledge import Knowledge
from decision_kit.widgets import interrupts
from decision_kit.widgets.refused import Refused

WIDE = {"width": "430px"}
LABEL = {"description_width": "80px"}
OWN_CASES = "my-cases.csv"
"""Where a person's own cases lie in their folder."""
PAUSE = 0.5
"""Seconds until what is being typed is saved; when a kernel dies no more than that is lost."""
AGAIN = "Read the files again"
"""The button for files that were changed elsewhere; it is there in the notebooks and in the app."""
LONGEST_TITLE = 60
"""So many letters of a decision's name stand in a list; of a longer one the middle is left out."""
WHOSE = {"whole": "the whole flow", "core": "the core alone", "reactions": "the reactions alone"}
"""The scopes in words."""


class Page(anywidget.AnyWidget):
    """What only the page can do; ``show`` names the part to bring into view, ``unsaved`` is told until it is over.

    By ``identity`` a kernel knows it, and one that was started anew does not.
    """

    _esm = Path(__file__).parent / "page.js"
    show = traitlets.Unicode("").tag(sync=True)
    unsaved = traitlets.Bool(default_value=False).tag(sync=True)
    identity = traitlets.Unicode("").tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.identity = self.model_id or ""
        self._unsaved: set[object] = set()

    def mark(self, part: object, *, unsaved: bool) -> None:
        """Remember of a part of the board whether it holds what is not saved; the page tells it while any does."""
        (self._unsaved.add if unsaved else self._unsaved.discard)(part)
        self.unsaved = bool(self._unsaved)


class Board:
    """Controls of one notebook, with the place where everything that goes wrong is told.

    Parameters
    ----------
    folder : pathlib.Path
        Where ``decisions/``, ``records/`` and the like are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.message = w.HTML()
        self.page = Page()
        self.refreshers: list[Callable[[], None]] = []
        self._offering: set[w.Widget] = set()
        self._one = threading.RLock()  # a front end may hand clicks to a thread beside that of the cells
        self._busy: set[w.Widget] = set()
        self._typed: dict[w.Widget, tuple[asyncio.TimerHandle, Callable[[], None]]] = {}
        self.refused = Refused(self)
        self.knowledge, warning = known()
        self._about_knowledge = panels.message(warning) if warning else ""
        self.warning = w.HTML(self._about_knowledge)

    @classmethod
    def of(cls, folder: str = ".") -> Self:
        """Give the one board of a folder: running a cell again shows the same controls, and what the files hold by now.

        Parameters
        ----------
        folder : str
            Where ``decisions/``, ``records/`` and the like are kept; by default beside the notebook.
        """
        board: Self = _board(cls, folder)
        board.attempt(board.read_again)  # what was told before and is mended goes
        return board

    def read_again(self) -> None:
        """Take what the files of the folder hold by now."""
        raise NotImplementedError

    @interrupts.held()
    def attempt(self, act: Callable[[], None]) -> bool:
        """Do something a person asked for; if it fails, tell them in the page and keep what was there.

        Returns whether it was done.
        """
        told = []
        with self._one:
            while self._typed:  # what was typed just before comes first
                timer, take = self._typed.pop(next(iter(self._typed)))
                timer.cancel()
                told.append(self._told(take))
            told.append(self._told(act))
            self.message.value = panels.message(" ".join(filter(None, told))) if any(told) else ""
        return not told[-1]

    @staticmethod
    def _told(act: Callable[[], None]) -> str:
        """Do something and say what went wrong, if anything did."""
        try:
            act()
        except InputError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - an error in a callback would be seen nowhere
            return f"This did not work ({type(error).__name__}: {error})."
        return ""

    def look_after(self, act: Callable[[], object]) -> None:
        """Do something that goes on by itself; if it fails, tell a person in the page."""
        with self._one:
            told = self._told(act)
            if told:
                self.message.value = panels.message(told)

    def keep_up(self, show: Callable[[], None]) -> None:
        """Show something now, and again whenever values may have changed."""
        show()
        self.refreshers.append(show)

    def refresh_controls(self) -> None:
        """Show in all controls what holds by now, in each whether or not it can be shown in another."""
        told = dict.fromkeys(filter(None, map(self._told, self.refreshers)))
        if told:
            raise InputError(" ".join(told))

    def bind(
        self, control: w.Widget, read: Callable[[], Any], write: Callable[[Any], None], *, typed: bool = False
    ) -> w.Widget:
        """Tie a control to a value: it shows what ``read`` gives, and what a person sets goes to ``write``.

        What is typed goes there while a person types on, ``PAUSE`` later; the box stays as they left it, also where
        it is kept in another form or not at all, which is told in the panel of ``refused``.
        """
        stands_for: Any = None  # in a box with text: the value that the text was taken for

        def on_change(_: Any) -> None:
            value = control.value
            if control in self._offering or (value == read() and control not in self.refused):
                return
            if typed:
                self._take_soon(control, take_typed)
                return
            self._busy.add(control)  # what was typed elsewhere is taken first, and does not turn this one back
            self.attempt(lambda: write(value))
            self._busy.discard(control)
            self.look_after(refresh)  # what could not be taken does not stay in the box as if it were

        def take_typed() -> None:
            nonlocal stands_for
            self._busy.add(control)
            why = "" if control.value == read() else self._told(lambda: write(control.value))
            self._busy.discard(control)
            stands_for = read()
            self.refused.note(control, why, read)

        def refresh() -> None:
            nonlocal stands_for
            value = read()
            mine = typed and (control in self._typed or control in self.refused or value == stands_for)
            if mine or control in self._busy:
                return
            stands_for = None
            if control.value != value:
                control.value = value

        self.keep_up(refresh)
        control.observe(on_change, "value")
        interrupts.shield(control)
        return control

    def _take_soon(self, control: w.Widget, take: Callable[[], None]) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a notebook nobody types
            self.attempt(take)
            return
        if control not in self._typed:
            self._typed[control] = loop.call_later(PAUSE, self.attempt, lambda: None), take

    def offer(self, control: w.Dropdown, options: Sequence[tuple[str, Any]], value: Any) -> None:
        """Change what can be chosen in a list, and what is, where it is not what is offered already.

        The page shows a choice only when its place changes, so it is taken away in between; else the list is blank.
        """
        if control.options == tuple(options):
            return
        self._offering.add(control)
        try:
            control.options = options
            control.value = None
            control.value = value
        finally:
            self._offering.discard(control)

    def listing(
        self, control: w.Dropdown, options: Callable[[], Iterable[tuple[str, Any]]], read: Callable[[], Any]
    ) -> w.Dropdown:
        """Keep what can be chosen in a list up to date; where that changes, what ``read`` gives is chosen."""
        self.keep_up(lambda: self.offer(control, tuple(options()), read()))
        return control

    def choice(
        self,
        control: w.Dropdown,
        options: Callable[[], Iterable[tuple[str, Any]]],
        read: Callable[[], Any],
        write: Callable[[Any], None],
    ) -> w.Widget:
        """Tie a list to a value as :meth:`bind` does, where also what can be chosen changes."""
        return self.bind(self.listing(control, options, read), read, write)

    def button(self, text: str, act: Callable[[], None], style: str = "", busy: str = "") -> w.Button:
        """Make a button that does something; ``busy`` is what it says meanwhile, where that takes a while."""
        button = w.Button(description=text, button_style=style).add_class("dk-wide")

        def on_click(_: w.Button) -> None:
            if busy:
                button.description = busy
                button.add_class("dk-busy")  # the page lets no second press through
            self.attempt(act)
            if busy:
                button.remove_class("dk-busy")
                button.description = text

        button.on_click(on_click)
        interrupts.shield(button)
        return button

    @functools.cached_property
    def again(self) -> w.Widget:
        """Read the files anew on a press."""
        return self.button(AGAIN, self.read_again)

    @functools.cached_property
    def head(self) -> w.Widget:
        """Hold what every part of the page needs once."""
        layout = w.Layout(height="0", overflow="hidden", margin="0")
        return w.VBox([w.HTML(panels.style()), self.page], layout=layout)

    def bring(self, part: str) -> None:
        """Bring the part of the page of this class into view, with the focus on its first box."""
        turn = self.page.show.partition(" ")[2]  # a name alone would not change when the same part is asked for twice
        self.page.show = f"{part} {int(turn or 0) + 1}"

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

    def usable_cases(self) -> tuple[Case, ...]:
        """Read the cases of one's own; where that fails it is told, and none is used."""
        broken, own = "", ()
        try:
            own = self.own_cases()
        except InputError as error:
            broken = panels.message(
                f"{error} None of your own cases is used until this is mended; then press “{AGAIN}”."
            )
        self.warning.value = self._about_knowledge + broken
        return own


@functools.cache
def _board(kind: type[Board], folder: str) -> Board:
    return kind(Path(folder))


def known() -> tuple[Knowledge, str]:
    """Load the knowledge that the command was given, with a warning where it can hardly say what it compares."""
    folder = os.environ.get("DECISION_KIT_KNOWLEDGE")
    try:
        loaded = knowledge.load(folder)
    except InputError as error:  # the folder was sound when the command began
        raise InputError(
            f"{error} Mend the folder that --knowledge names and start again, or start without it; your decisions stay."
        ) from None
    return loaded, sensitivity_wording.reach(sensitivity.reachable(loaded), loaded) if folder else ""


def examples() -> dict[str, Path]:
    """List the shipped examples by title."""
    return {title(path): path for path in sorted((files.shipped("data") / "examples").glob(f"*{ENDING}"))}


def named(paths: Iterable[Path]) -> dict[str, Path]:
    """List decision files by title and file name."""
    return {f"{title(path)} ({path.name.removesuffix(ENDING)})": path for path in paths}


def title(path: Path) -> str:
    """Say what a decision file is about."""
    try:
        return _title_then(path, path.stat().st_mtime_ns)
    except (InputError, OSError):
        return "cannot be read"


@functools.cache
def _title_then(path: Path, _changed: int) -> str:
    """Read a file's title once for each state of it; the list of decisions is looked at with every answer."""
    name = " ".join(Decision.open(path).name.split())
    if len(name) <= LONGEST_TITLE:
        return name
    return f"{name[: LONGEST_TITLE - 20]}…{name[-19:]}"  # a copy differs from its origin at the end


def stacked(label: str, control: w.Widget) -> w.Widget:
    """Put a control's label above it, where a whole question has room."""
    control.description = label
    control.layout = w.Layout(width="100%")
    return control.add_class("dk-stacked")


def tick(label: str) -> w.Checkbox:
    """Make a box to tick whose label is a sentence."""
    return w.Checkbox(description=label, indent=False, layout={"width": "auto"})


def form(*children: w.Widget) -> w.Widget:
    """Stack controls in a column that reads well."""
    return w.VBox(children).add_class("dk-form")


def broad() -> w.Output:
    """Make the place of a chart that does not fit on a phone, where it keeps its width and scrolls sideways."""
    return w.Output().add_class("dk-picture").add_class("dk-broad")


def picture(figure: object) -> tuple[dict[str, object], ...]:
    """Give a plotly figure as what an ``Output`` shows."""
    return ({"output_type": "display_data", "data": charts.bundle(figure), "metadata": {}},)
