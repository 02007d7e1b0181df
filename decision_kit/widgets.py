"""Controls to and from one decision, for the notebooks.

A :class:`Desk` holds one decision, its file, and the controls. Every change of a control makes a new decision,
saves it, evaluates it and shows the result; whatever goes wrong on the way is told in the page.
"""

import functools
import itertools
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets

from decision_kit import files, knowledge, panels, records
from decision_kit.decision import NOT_SURE, SCOPES, STATUSES, Decision
from decision_kit.errors import InputError
from decision_kit.evaluation import evaluate
from decision_kit.knowledge import Requirement

UNTITLED = "Untitled decision"
ENDING = records.ENDINGS["json"]


@functools.cache
def desk(folder: str = ".") -> "Desk":
    """Give the one desk of a folder: running a cell again shows the same controls, not new ones.

    Parameters
    ----------
    folder : str
        Where ``decisions/`` and ``records/`` are kept; by default beside the notebook.

    Returns
    -------
    Desk
    """
    return Desk(Path(folder))


class Page(anywidget.AnyWidget):
    """What only the page can do; ``show`` names the part to bring into view."""

    _esm = files.PACKAGE / "page.js"
    show = traitlets.Unicode("").tag(sync=True)


class Desk:
    """One decision with the controls that change it and the panels that show what follows from it.

    Parameters
    ----------
    folder : pathlib.Path
        Where ``decisions/`` and ``records/`` are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.message = w.HTML()
        self.page = Page()
        self.saved = w.HTML()
        self.verdict = w.HTML()
        self.reasons = w.HTML()
        self.guidance = w.HTML()
        self.chart = w.Output()
        self.exported = w.HTML()
        self._refreshers: list[Callable[[], None]] = []
        self._opened: dict[str, tuple[w.Widget, ...]] = {}
        self.path: Path | None = None
        self.decision = Decision(UNTITLED)
        self.knowledge = knowledge.load(os.environ.get("DECISION_KIT_KNOWLEDGE"))
        self.evaluation = evaluate(self.decision, self.knowledge)
        self._attempt(self._open_latest)
        self._show()

    # -- what a change does ------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> None:
        """Change fields of the decision, save it and show what follows."""
        self._take(replace(self.decision, **changes))

    def answer(self, requirement: str, **changes: Any) -> None:
        """Change one answer, save the decision and show what follows."""
        self._take(self.decision.answer(requirement, **changes))

    def open(self, path: Path) -> None:
        """Open another decision."""
        decision = Decision.open(path)
        self.evaluation = _evaluated(decision, self.knowledge, path)
        self.decision, self.path = decision, path
        self._show()

    def start(self, decision: Decision, name: str) -> None:
        """Start a decision in a new file."""
        self.evaluation = _evaluated(decision, self.knowledge, name)
        self.decision, self.path = decision, None
        self._take(decision, name)

    def _take(self, decision: Decision, name: str | None = None) -> None:
        evaluation = evaluate(decision, self.knowledge)
        old = self.path
        stem = records.slug(name or ("untitled" if decision.name == UNTITLED else decision.name))
        if old is None or (re.match(r"untitled(-\d+)?\.", old.name) and stem != "untitled"):
            self.path = _free(self.folder / "decisions", stem)
        try:
            decision.save(self.path)
        finally:
            # What was answered stays answered on the screen even where it could not be saved.
            self.decision, self.evaluation = decision, evaluation
            self._show()
        if old is not None and old != self.path:
            old.unlink(missing_ok=True)  # the same decision, saved a line above under its name

    def _show(self) -> None:
        self.verdict.value = panels.verdict(self.evaluation)  # first, as it is what a person waits for
        for refresh in self._refreshers:
            refresh()
        self.reasons.value = panels.reasons(self.evaluation)
        self.guidance.value = panels.guidance(self.evaluation)
        self.saved.value = panels.saved(self.path)
        if self._refreshers:
            self._draw()

    def _draw(self) -> None:
        if not self.evaluation.verdict.first:
            self.chart.outputs = ()
            return
        from decision_kit import charts  # noqa: PLC0415 - plotly takes a while; the verdict stands before it

        data = charts.bundle(charts.for_and_against(self.evaluation))
        self.chart.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    def _attempt(self, act: Callable[[], None]) -> bool:
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

    def _open_latest(self) -> None:
        unreadable = []
        for path in sorted(self._decisions(), key=lambda path: -path.stat().st_mtime):
            try:
                self.open(path)
                break
            except InputError as error:
                unreadable.append(str(error))
        if unreadable:
            raise InputError(" ".join(unreadable))

    def _decisions(self) -> list[Path]:
        return sorted((self.folder / "decisions").glob(f"*{ENDING}"))

    # -- controls ----------------------------------------------------------------------------------------------

    def bind(self, control: w.Widget, read: Callable[[], Any], write: Callable[[Any], None]) -> w.Widget:
        """Tie a control to the decision: it shows what ``read`` gives, and what a person sets goes to ``write``."""

        def on_change(change: dict[str, Any]) -> None:
            if change["new"] != read():
                taken = self._attempt(lambda: write(change["new"]))
                if not taken:
                    refresh()  # what could not be taken does not stay in the box as if it were

        def refresh() -> None:
            if control.value != read():
                control.value = read()

        refresh()
        control.observe(on_change, "value")
        self._refreshers.append(refresh)
        return control

    def button(self, text: str, act: Callable[[], None], style: str = "") -> w.Button:
        """Make a button that does something."""
        button = w.Button(description=text, button_style=style)
        button.add_class("dk-wide")
        button.on_click(lambda _: self._attempt(act))
        return button

    @functools.cached_property
    def chooser(self) -> w.Widget:
        """Which decision: open one, start a new one or from an example; its name, context and boundary."""
        examples = {_title(path): path for path in sorted((files.shipped("data") / "examples").glob(f"*{ENDING}"))}
        mine = w.Dropdown(layout=_WIDE, description="Open", style=_LABEL)
        given = w.Dropdown(options=list(examples), layout=_WIDE, description="Examples", style=_LABEL)

        def refresh() -> None:
            options = {f"{_title(path)} ({path.name.removesuffix(ENDING)})": path for path in self._decisions()}
            if tuple(options) != mine.options:
                mine.options = tuple(options)
            current = next((text for text, path in options.items() if path == self.path), None)
            if mine.value != current:
                mine.value = current

        def open_mine() -> None:
            if mine.value is None:
                raise InputError("There is no decision to open yet; start one, or begin with an example.")
            named = {path.name.removesuffix(ENDING): path for path in self._decisions()}
            self.open(next(path for name, path in named.items() if mine.value.endswith(f" ({name})")))

        def take_example() -> None:
            path = examples[given.value]
            self.start(Decision.open(path), path.name.removesuffix(ENDING))

        refresh()
        self._refreshers.append(refresh)
        choose = w.VBox(
            [
                w.HBox([mine, self.button("Open this decision", open_mine)]),
                w.HBox([given, self.button("Start from this example", take_example)]),
                self.button("Start a new, empty decision", lambda: self.start(Decision(UNTITLED), "untitled")),
            ]
        )
        fields = w.VBox(
            [
                self._text("name", "What do you decide on?", "For instance: Order and payment", w.Text),
                self._text(
                    "context", "What should a reader know of the system?", "A few sentences; they open the record."
                ),
                self._text(
                    "core",
                    "Which steps must run in order and be undone together? (the core)",
                    "Leave empty if there are none. For instance: reserve stock, authorise the card, take the payment",
                ),
                self._text(
                    "reactions",
                    "Who only listens? (the reactions)",
                    "Leave empty if nobody does. For instance: order mails, loyalty points, reporting",
                ),
            ]
        )
        return _form([self._head, self.message, choose, fields, self.saved])

    @functools.cached_property
    def questions(self) -> w.Widget:
        """Show the questions by theme, with the verdict beside them."""
        asked = self.knowledge.requirements.values()
        themes = list(dict.fromkeys(requirement.theme for requirement in asked))
        members = {theme: [r for r in asked if r.theme == theme] for theme in themes}
        body = w.VBox()
        boxes: dict[str, w.VBox] = {}

        def show(theme: str, *, move: bool = True) -> None:
            if theme not in boxes:
                box = w.VBox([self._question(requirement) for requirement in members[theme]])
                box.add_class(f"dk-theme-{themes.index(theme)}")
                after = themes[themes.index(theme) + 1 :][:1]
                if after:
                    forward = self.button(f"Next: {after[0]}", lambda: show(after[0]), "primary")
                    box.children = (*box.children, forward)
                boxes[theme] = box
            body.children = (boxes[theme],)
            for name, tab in tabs.items():
                tab.button_style = "info" if name == theme else ""
            if move:
                # A name alone would not change when the same theme is asked for twice.
                turn = self.page.show.partition(" ")[2]
                self.page.show = f"dk-theme-{themes.index(theme)} {int(turn or 0) + 1}"

        tabs = {theme: self.button(theme, functools.partial(show, theme)) for theme in themes}

        def count() -> None:
            for theme, tab in tabs.items():
                given = sum(self.decision.answer_to(r.id).given for r in members[theme])
                tab.description = f"{theme} ({given} of {len(members[theme])})"

        count()
        self._refreshers.append(count)
        show(themes[0], move=False)
        bar = w.Box(list(tabs.values()))
        bar.add_class("dk-themes")
        left, side, both = w.VBox([bar, self.message, body]), w.VBox([self.verdict]), w.Box()
        for part, name in ((left, "dk-questions"), (side, "dk-side"), (both, "dk-desk")):
            part.add_class(name)
        both.children = (left, side)
        return w.VBox([self._head, both])

    @functools.cached_property
    def why(self) -> w.Widget:
        """Show what speaks for and against each model, by requirement, and what was measured."""
        self._attempt(self._draw)
        return w.VBox([self._head, self.chart, self.reasons])

    @functools.cached_property
    def advice(self) -> w.Widget:
        """Show the guidance for the recommended model."""
        return w.VBox([self._head, self.guidance])

    @functools.cached_property
    def export(self) -> w.Widget:
        """Write the decision's records."""

        def people(name: str, label: str) -> w.Widget:
            area = w.Textarea(placeholder="One name or group a line", continuous_update=False)
            return self.bind(
                _stacked(label, area),
                lambda: "\n".join(getattr(self.decision, name)),
                lambda text: self.change(**{name: tuple(line.strip() for line in text.splitlines() if line.strip())}),
            )

        status = w.Dropdown(options=STATUSES, description="Status", style=_LABEL)
        self.bind(status, lambda: self.decision.status, lambda value: self.change(status=value))
        day = w.Text(description="Date", style=_LABEL, continuous_update=False)
        self.bind(day, lambda: self.decision.date, lambda value: self.change(date=value.strip()))
        folder = w.Text(value="records", description="Folder", style=_LABEL, layout=_WIDE)

        def write() -> None:
            self.exported.value = ""
            where = self.folder / Path(folder.value.strip() or "records").expanduser()
            self.exported.value = panels.exported(self.evaluation, records.export(self.evaluation, where))

        return _form(
            [
                self._head,
                self.message,
                w.HBox([status, day]),
                people("deciders", "Who decides?"),
                people("consulted", "Who was asked?"),
                people("informed", "Who is told?"),
                folder,
                self.button("Export the records", write, "primary"),
                self.exported,
            ]
        )

    @functools.cached_property
    def _head(self) -> w.Widget:
        """Hold what every part of the page needs once."""
        box = w.VBox([w.HTML(panels.style()), self.page])
        box.layout = w.Layout(height="0", overflow="hidden", margin="0")
        return box

    def _text(self, name: str, label: str, placeholder: str, kind: type = w.Textarea) -> w.Widget:
        control = _stacked(label, kind(placeholder=placeholder, continuous_update=False))

        def shown() -> str:
            text: str = getattr(self.decision, name)
            return "" if name == "name" and text == UNTITLED else text

        def write(text: str) -> None:
            self.change(**{name: UNTITLED if name == "name" and not text.strip() else text})

        return self.bind(control, shown, write)

    def _question(self, requirement: Requirement) -> w.Widget:
        options = [(text, level) for level, text in enumerate(requirement.levels)] + [("Not sure.", NOT_SURE)]
        radios = _stacked(requirement.question, w.RadioButtons(options=options, value=None))

        def chosen() -> Any:
            level = self.decision.answer_to(requirement.id).level
            return None if isinstance(level, tuple) else level

        self.bind(radios, chosen, lambda level: self.answer(requirement.id, level=level))
        head = w.HTML(panels.question(requirement))
        more = w.VBox()
        more.add_class("dk-more")

        def toggle() -> None:
            more.children = () if more.children else self._more(requirement)
            name()

        opener = self.button("", toggle)

        def name() -> None:
            answer = self.decision.answer_to(requirement.id)
            opener.description = panels.more(answer, opened=bool(more.children))

        name()
        self._refreshers.append(name)
        box = w.VBox([head, radios, opener, more])
        box.add_class("dk-question")
        return box

    def _more(self, requirement: Requirement) -> tuple[w.Widget, ...]:
        """Make what opens behind one question: why it matters, range, scope, must-have, note."""
        if requirement.id in self._opened:
            return self._opened[requirement.id]
        answer = functools.partial(self.answer, requirement.id)

        def current() -> Any:
            return self.decision.answer_to(requirement.id)

        steps = [("", None), *((f"{level}: {text}", level) for level, text in enumerate(requirement.levels))]
        low = _stacked("Or say a range: at least", w.Dropdown(options=steps))
        high = _stacked("and at most", w.Dropdown(options=steps))

        def to_range() -> None:
            ends = sorted({end for end in (low.value, high.value) if end is not None})
            if len(ends) == 2:
                answer(level=(ends[0], ends[1]))

        def end(which: int) -> Any:
            level = current().level
            return level[which] if isinstance(level, tuple) else None

        for control, which in ((low, 0), (high, 1)):
            self.bind(control, functools.partial(end, which), lambda _: to_range())
        note = w.Textarea(continuous_update=False, placeholder="Your reason; it goes into the record")
        note = _stacked("Why did you answer so?", note)
        self.bind(note, lambda: current().note, lambda text: answer(note=text))
        must = w.Checkbox(description="Must-have: rule out a model that is bad at this", indent=False, layout=_LINE)
        self.bind(must, lambda: current().must, lambda value: answer(must=value))
        words = {"whole": "the whole flow", "core": "the core alone", "reactions": "the reactions alone"}
        scope = _stacked("Who needs this?", w.Dropdown(options=[(words[scope], scope) for scope in SCOPES]))
        self.bind(scope, lambda: current().scope, lambda value: answer(scope=value))

        def hide() -> None:
            scope.layout.display = None if self.decision.scoped else "none"

        hide()
        self._refreshers.append(hide)
        self._opened[requirement.id] = (
            w.HTML(panels.why(self.evaluation, requirement.id)),
            note,
            scope,
            must,
            low,
            high,
            self.button("Take this answer back", lambda: answer(level=None)),
        )
        return self._opened[requirement.id]


_WIDE = {"width": "430px"}
_LINE = {"width": "100%"}
_LABEL = {"description_width": "80px"}


def _evaluated(decision: Decision, known: Any, where: object) -> Any:
    try:
        return evaluate(decision, known)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _free(folder: Path, stem: str) -> Path:
    """Find a name in a folder that no file has yet."""
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{ENDING}" for number in itertools.count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _title(path: Path) -> str:
    try:
        return _title_then(path, path.stat().st_mtime_ns)
    except (InputError, OSError):
        return "cannot be read"


@functools.cache
def _title_then(path: Path, _changed: int) -> str:
    """Read a file's title once for each state of it; the list of decisions is looked at with every answer."""
    return " ".join(Decision.open(path).name.split())[:60]


def _stacked(label: str, control: w.Widget) -> w.Widget:
    """Put a control's label above it, where a whole question has room."""
    control.description = label
    control.layout = w.Layout(width="100%")
    control.add_class("dk-stacked")
    return control


def _form(children: list[w.Widget]) -> w.Widget:
    box = w.VBox(children)
    box.add_class("dk-form")
    return box
