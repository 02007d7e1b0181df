"""Controls to and from one decision, for the notebooks.

A :class:`Desk` holds one decision, its file, and the controls. Every change of a control makes a new decision,
saves it, evaluates it and shows the result; whatever goes wrong on the way is told in the page.
"""

import asyncio
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as w

from decision_kit import charts, confidence, panels, sensitivity, sensitivity_wording
from decision_kit.decision import NOT_SURE, Decision
from decision_kit.errors import InputError
from decision_kit.evaluation import Evaluation, evaluate, evaluate_file
from decision_kit.keeper import ENDING, Keeper
from decision_kit.knowledge import Requirement
from decision_kit.widgets import export, level_range
from decision_kit.widgets.controls import (
    LABEL,
    WHOSE,
    WIDE,
    Board,
    broad,
    examples,
    form,
    named,
    picture,
    stacked,
    tick,
)
from decision_kit.widgets.saving import UNTITLED, Saving
from decision_kit.widgets.undo import Undo


class Desk(Board):
    """One decision with the controls that change it and the panels that show what follows from it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.saved = w.HTML()
        self.verdict = w.HTML()
        self.unweighted = w.HTML()
        self.next = w.HTML()
        self._following: asyncio.Task[None] | None = None
        self.reasons = w.HTML()
        self.guidance = w.HTML()
        self.teams = w.HTML()
        self.chart = broad()
        self._charted = False
        self._asked: Sequence[Requirement] = ()
        self._opened: dict[str, tuple[w.Widget, ...]] = {}
        self.decision = Decision(UNTITLED)
        self.evaluation = evaluate(self.decision, self.knowledge)
        self.saving = Saving(self)
        self.undo = Undo(self)
        self.attempt(self._open_latest)
        self.refresh()

    @property
    def path(self) -> Path | None:
        """The file of the decision, once there is one."""
        return self.saving.keeper.path

    # -- what a change does ------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> None:
        """Change fields of the decision, save it and show what follows."""
        self.take(replace(self.decision, **changes))

    def field(self, control: w.Widget, name: str, *, typed: bool = False) -> w.Widget:
        """Tie a control to a field of the decision, as :meth:`bind` does."""
        return self.bind(
            control, lambda: getattr(self.decision, name), lambda value: self.change(**{name: value}), typed=typed
        )

    def answer(self, requirement: str, **changes: Any) -> None:
        """Change one answer, save the decision and show what follows."""
        self.take(self.decision.answer(requirement, **changes))

    def open(self, path: Path) -> None:
        """Open another decision."""
        self.saving.check_settled()
        keeper = Keeper()
        self.evaluation = evaluate_file(path, self.knowledge, self.usable_cases(), keeper.open)
        self.decision = self.evaluation.decision
        self.saving.open(keeper)
        self.undo.clear()
        self.refresh()

    def read_again(self) -> None:
        """Read again what may have changed since: the file that is open, or the latest where none is open yet."""
        self.saving.read_again()
        if self.path is None and self.saving.settled:
            self._open_latest()
        now = self.evaluate(self.decision)
        if now.own_cases != self.evaluation.own_cases:
            self.evaluation = now
            self.refresh()
        self.refresh_controls()

    def start(self, decision: Decision, name: str) -> None:
        """Start a decision in a new file."""
        self.saving.check_settled()
        self.put(decision)
        keeper = Keeper()
        self.saving.open(keeper)
        self.undo.clear()
        self.saving.save(self.decision, name)
        self.refresh()

    def take(self, decision: Decision, *, note: bool = True) -> None:
        """Go on with a decision: save it, or tell why that does not go, and show what follows.

        Parameters
        ----------
        decision : Decision
        note : bool
            Whether it is a change to be undone; an undo itself is not.
        """
        before = self.evaluation
        self.put(decision)
        self._conclude()  # what a person waits for: it is on its way while the disk is waited for
        if note:
            self.undo.note(before, self.evaluation)
        self.saving.save(self.decision)
        self.refresh()

    def put(self, decision: Decision) -> None:
        """Go on with a decision that need not be saved."""
        decision = replace(decision, basis=None)  # that is a record's, and this one goes on
        self.evaluation = self.evaluate(decision)
        self.decision = decision

    def evaluate(self, decision: Decision) -> Evaluation:
        """Evaluate a decision as this desk does."""
        return evaluate(decision, self.knowledge, self.usable_cases())

    def refresh(self) -> None:
        """Show what the decision says and what follows from it."""
        self._conclude()
        self.refresh_controls()
        self.undo.refresh()
        self.saved.value = panels.saved(self.path) if self.saving.settled else ""
        self._follow()

    def _conclude(self) -> None:
        """Show the verdict."""
        self.verdict.value = panels.verdict(self.evaluation)

    def _follow(self) -> None:
        """Show what follows from the verdict: at once where nothing is on the screen yet, else behind it."""
        if self._following is not None:
            self._following.cancel()
        self.next.value = ""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a notebook nobody waits, and nobody would see the next question
            self._explain()
            self._draw()
            return
        if not self.refreshers:
            self.unweighted.value = panels.unweighted(self.evaluation)  # it stands below the verdict
        self._following = loop.create_task(self._explain_in_a_while())
        self._following.add_done_callback(lambda task: task.cancelled() or self.look_after(task.result))

    def _explain(self) -> None:
        self.unweighted.value = panels.unweighted(self.evaluation)
        self.reasons.value = panels.reasons(self.evaluation)
        self.guidance.value = panels.guidance(self.evaluation)
        self.teams.value = panels.teams(self.evaluation)

    async def _explain_in_a_while(self, pause: float = 0.2) -> None:
        """Let the verdict be painted first and alone; a person who goes on answering need not wait for the rest."""
        await asyncio.sleep(pause)
        for part in (self._explain, self._draw):  # both at once, so that the page is laid out once for them
            self.look_after(part)
        await self._foresee()
        await self.ask(pause)

    async def _foresee(self, pause: float = 0.001) -> None:
        """Share the readings of what the next click may ask, which takes longest and is remembered."""
        for requirement in self._asked:
            for level in (*range(len(requirement.levels)), NOT_SURE):
                await asyncio.sleep(pause)  # what a person does meanwhile comes first
                confidence.readings(self.decision.answer(requirement.id, level=level), self.knowledge)

    async def ask(self, pause: float = 0.4) -> None:
        """Show which open question is worth answering next.

        Parameters
        ----------
        pause : float
            Seconds to wait before; an answer given meanwhile begins anew.
        """
        await asyncio.sleep(pause)
        found = []
        for question in sensitivity.open_questions(self.decision, self.knowledge):
            found.append(question)
            await asyncio.sleep(0.01)  # what a person does meanwhile comes first
        self.next.value = panels.sentence(sensitivity_wording.ask_next(self.evaluation, found))

    def _draw(self) -> None:
        if not self._charted:  # nobody sees it
            return
        self._reserve()
        first = self.evaluation.verdict.first
        self.chart.outputs = picture(charts.for_and_against(self.evaluation)) if first else ()

    def _reserve(self) -> None:
        """Keep the place of the chart, so that nothing jumps while it comes."""
        height = charts.height(self.evaluation)
        self.chart.layout.min_height = f"{height}px" if height else None

    def _open_latest(self) -> None:
        unreadable = []
        for path in sorted(self.decisions(), key=lambda path: -path.stat().st_mtime):
            try:
                self.open(path)
                break
            except InputError as error:
                unreadable.append(str(error))
        if unreadable:
            raise InputError(" ".join(unreadable))

    # -- controls ----------------------------------------------------------------------------------------------

    @functools.cached_property
    def chooser(self) -> w.Widget:
        """Which decision: open one, start a new one or from an example; its name, context and boundary."""
        mine = w.Dropdown(layout=WIDE, description="Open", style=LABEL)
        given = w.Dropdown(options=examples(), layout=WIDE, description="Examples", style=LABEL)

        def current() -> Path | None:
            return self.path if self.path in dict(mine.options).values() else None

        def open_mine() -> None:
            if mine.value is None:
                raise InputError("There is no decision to open yet; start one, or begin with an example.")
            if not mine.value.exists():
                raise InputError(f"{mine.label} is gone: it was removed or renamed elsewhere.")
            self.open(mine.value)

        def take_example() -> None:
            self.start(Decision.open(given.value), given.value.name.removesuffix(ENDING))

        self.listing(mine, lambda: named(self.decisions()).items(), lambda: None)
        self.keep_up(lambda: setattr(mine, "value", current()))
        choose = w.VBox(
            [
                w.HBox([mine, self.button("Open this decision", open_mine)]),
                w.HBox([given, self.button("Start from this example", take_example)]),
                self.button("Start a new, empty decision", lambda: self.start(Decision(UNTITLED), "untitled")),
                self.again,
            ]
        )
        name = self.bind(
            stacked("What do you decide on?", w.Text(placeholder="For instance: Order and payment")),
            lambda: "" if self.decision.name == UNTITLED else self.decision.name,
            lambda text: self.change(name=text if text.strip() else UNTITLED),
            typed=True,
        )
        texts = {
            "context": ("What should a reader know of the system?", "A few sentences; they open the record."),
            "core": (
                "Which steps must run in order and be undone together? (the core)",
                "Leave empty if there are none. For instance: reserve stock, authorise the card, take the payment",
            ),
            "reactions": (
                "Who only listens? (the reactions)",
                "Leave empty if nobody does. For instance: order mails, loyalty points, reporting",
            ),
        }
        boxes = [
            self.field(stacked(label, w.Textarea(placeholder=hint)), field, typed=True)
            for field, (label, hint) in texts.items()
        ]
        fields = w.VBox([name, *boxes])
        return form(self.head, self.warning, self.message, self.saving.panel, choose, fields, self.saved)

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
                parts = [self._question(requirement) for requirement in members[theme]]
                parts += [
                    self.button(f"Next: {after}", functools.partial(show, after), "primary")
                    for after in themes[themes.index(theme) + 1 :][:1]
                ]
                boxes[theme] = w.VBox(parts).add_class(f"dk-theme-{themes.index(theme)}")
            body.children = (boxes[theme],)
            self._asked = members[theme]
            for name, tab in tabs.items():
                tab.button_style = "info" if name == theme else ""
            if move:
                self.bring(f"dk-theme-{themes.index(theme)}")

        tabs = {theme: self.button(theme, functools.partial(show, theme)) for theme in themes}

        def count() -> None:
            for theme, tab in tabs.items():
                given = sum(self.decision.answer_to(r.id).given for r in members[theme])
                tab.description = f"{theme} ({given} of {len(members[theme])})"

        self.keep_up(count)
        show(themes[0], move=False)
        bar = w.Box(list(tabs.values())).add_class("dk-themes")
        # What went wrong stands where it stays in view; the questions do not jump for it.
        told = [self.message, self.saving.panel]
        left = w.VBox([bar, self.undo.bar, body])
        side = w.VBox([*told, self.verdict, self.unweighted, self.next])
        both = w.Box([left.add_class("dk-questions"), side.add_class("dk-side")]).add_class("dk-desk")
        return w.VBox([self.head, both])

    @functools.cached_property
    def why(self) -> w.Widget:
        """Show what speaks for and against each model, by requirement, and what was measured."""
        self.reasons.value = panels.reasons(self.evaluation)  # there before it is shown, so that nothing jumps
        self._charted = True
        self._reserve()
        self._follow()
        return w.VBox([self.head, self.chart, self.reasons])

    @functools.cached_property
    def situation(self) -> w.Widget:
        """Show what documented teams did in such a situation."""
        self.teams.value = panels.teams(self.evaluation)
        return w.VBox([self.head, self.teams])

    @functools.cached_property
    def advice(self) -> w.Widget:
        """Show the guidance for the recommended model."""
        self.guidance.value = panels.guidance(self.evaluation)
        return w.VBox([self.head, self.guidance])

    @functools.cached_property
    def export(self) -> w.Widget:
        """Write the decision's records."""
        return export.dialog(self)

    def _question(self, requirement: Requirement) -> w.Widget:
        levels = ((f"{level}: {text}", level) for level, text in enumerate(requirement.levels))
        options = [*levels, ("Not sure.", NOT_SURE)]
        radios = stacked(requirement.question, w.RadioButtons(options=options, value=None))

        def chosen() -> Any:
            level = self.decision.answer_to(requirement.id).level
            return None if isinstance(level, tuple) else level

        self.bind(radios, chosen, lambda level: self.answer(requirement.id, level=level))
        head, ranged = w.HTML(panels.heading(requirement.title)), w.HTML()
        more = w.VBox().add_class("dk-more")

        def toggle() -> None:
            more.children = () if more.children else self._more(requirement)
            name()

        opener = self.button("", toggle)

        def name() -> None:
            answer = self.decision.answer_to(requirement.id)
            opener.description = panels.more(answer, opened=bool(more.children))
            ranged.value = panels.ranged(answer, requirement)

        self.keep_up(name)
        return w.VBox([head, radios, ranged, opener, more]).add_class("dk-question")

    def _more(self, requirement: Requirement) -> tuple[w.Widget, ...]:
        """Make what opens behind one question: why it matters, range, scope, must-have, note."""
        if requirement.id in self._opened:
            return self._opened[requirement.id]
        answer = functools.partial(self.answer, requirement.id)

        def current() -> Any:
            return self.decision.answer_to(requirement.id)

        note = stacked("Why did you answer so?", w.Textarea(placeholder="Your reason; it goes into the record"))
        self.bind(note, lambda: current().note, lambda text: answer(note=text), typed=True)
        must = tick("Must-have: rule out a model that is bad at this")
        self.bind(must, lambda: current().must, lambda value: answer(must=value))
        scope = stacked("Who needs this?", w.Dropdown(options=[(words, scope) for scope, words in WHOSE.items()]))
        self.bind(scope, lambda: current().scope, lambda value: answer(scope=value))

        def hide() -> None:
            scope.layout.display = None if self.decision.scoped else "none"

        self.keep_up(hide)
        self._opened[requirement.id] = (
            w.HTML(panels.why(self.evaluation, requirement.id)),
            note,
            scope,
            must,
            *level_range.controls(self, requirement),
            self.button("Take this answer back", lambda: answer(level=None)),
        )
        return self._opened[requirement.id]


desk = Desk.of
"""The one desk of a folder, as the notebook calls it."""
