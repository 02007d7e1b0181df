"""Controls of the what-if notebook: move answers of a decision, see what turns, compare two decisions.

Nothing here changes a saved decision; what was moved can be kept as a new one.
"""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets as w

from decision_kit import difference, panels, records
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.evaluation import Evaluation, evaluate, evaluate_file
from decision_kit.keeper import ENDING, Keeper
from decision_kit.widgets.controls import WHOSE, WIDE, Board, examples, form, named, stacked

SAVED = "saved"
"""The place of an answer that is not moved."""
ENDS = " (what if)"
"""Ends the name of a decision that was kept of what was moved, by which lists tell it from the one as saved."""


class Bench(Board):
    """One saved decision, moved copies of it, and a second one to compare it with."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.path = max(
            self.decisions(), key=lambda path: path.stat().st_mtime, default=next(iter(examples().values()))
        )
        self.other_path = self.path
        self.evaluation = evaluate(Decision("Nothing yet"), self.knowledge)
        self.other = self.evaluation
        self.one: str = next(iter(self.knowledge.requirements))
        self.two: str | None = None
        self.moves: dict[str, int | str] = {}
        self.chosen, self.map, self.moved = w.HTML(), w.HTML(), w.HTML()
        self.turns, self.opens, self.compared, self.kept = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.attempt(lambda: self.open(self.path))

    def open(self, path: Path) -> None:
        """Take another decision."""
        self.evaluation, self.path = evaluate_file(path, self.knowledge), path
        if self.other_path == path:
            self.other_path = self._another()
        self.other = evaluate_file(self.other_path, self.knowledge)
        self.one, self.two = _most_telling(self.evaluation)
        self.moves = {}
        self._show()

    def read_again(self) -> None:
        """Read the folder and both files again, which may have changed since; what was moved stays moved."""
        self.refresh_controls()
        one, other = (evaluate_file(path, self.knowledge) for path in (self.path, self.other_path))
        if (one.decision, other.decision) != (self.evaluation.decision, self.other.decision):
            self.evaluation, self.other = one, other
            self._show()

    def compare_with(self, path: Path) -> None:
        """Take another decision to compare with."""
        self.other, self.other_path = evaluate_file(path, self.knowledge), path
        self._show_compared()

    def move(self, requirement: str, to: int | str | None) -> None:
        """Move one answer to another level or to another scope, or back to where it is saved."""
        self.moves = {r: where for r, where in self.moves.items() if r != requirement}
        if to is not None:
            self.moves[requirement] = to
        self._show_moved()

    def choose_axes(self, one: str, two: str | None) -> None:
        """Choose which answers are moved."""
        self.one, self.two = one, None if two == one else two
        self.moves = {}
        self._show_map()
        self._show_moved()

    def keep(self) -> None:
        """Save the moved decision as a new one."""
        if not self.moves:
            raise InputError("Nothing is moved yet; choose another level for one of the two answers first.")
        moved = self._moved()
        kept, keeper = _undecided(moved), Keeper()
        keeper.save_new(kept, self.folder / "decisions", f"{records.slug(kept.name.removesuffix(ENDS))}-what-if")
        decided = moved.chosen or moved.because or moved.review or moved.triggers
        told = " What was chosen, why, and when it is reviewed stays with the decision as saved." if decided else ""
        self.kept.value = panels.done(f"Kept as “{kept.name}” in {keeper.path}.{told}")
        self.refresh_controls()

    def _moved(self) -> Decision:
        moved = self.evaluation.decision
        for requirement, to in self.moves.items():
            moved = moved.answer(requirement, **{"level" if isinstance(to, int) else "scope": to})
        return moved

    def _another(self) -> Path:
        """Find a file that holds another decision: a copy, such as the example it began from, is nothing to compare."""
        for path in self._files().values():
            try:
                other = evaluate_file(path, self.knowledge)
            except InputError:  # it is told once it is chosen
                continue
            if not difference.between(self.evaluation, other).same:
                return path
        return self.path

    def _files(self) -> dict[str, Path]:
        recorded = {f"Record: {path.name.removesuffix(ENDING)}": path for path in self.recorded()}
        return named(self.decisions()) | recorded | {f"Example: {title}": path for title, path in examples().items()}

    # -- what is shown -----------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.chosen.value = panels.verdict(self.evaluation) + panels.unweighted(self.evaluation)
        self._show_map()
        self._show_moved()
        self.turns.value = panels.levels(self.evaluation)
        self.opens.value = panels.open_questions(self.evaluation)
        self._show_compared()

    def _show_map(self) -> None:
        self.map.value = panels.winner_map(self.evaluation, self.one, self.two)

    def _show_moved(self) -> None:
        self.kept.value = ""
        moved = evaluate(self._moved(), self.knowledge)
        self.moved.value = panels.compare(self.evaluation, moved, ("As saved", "Moved")) if self.moves else ""
        self.refresh_controls()

    def _show_compared(self) -> None:
        names = self.path.name, self.other_path.name
        self.compared.value = panels.compare(self.evaluation, self.other, names)
        self.refresh_controls()

    # -- controls ----------------------------------------------------------------------------------------------

    @functools.cached_property
    def chooser(self) -> w.Widget:
        """Choose the decision."""
        return form(
            self.head, self.warning, self.message, self._file("Decision", "path", self.open), self.again, self.chosen
        )

    @functools.cached_property
    def mover(self) -> w.Widget:
        """Move one or two answers and see where the verdict turns."""
        asked = [(requirement.title, requirement.id) for requirement in self.knowledge.requirements.values()]
        one = stacked("Move this answer", w.Dropdown(options=asked))
        two = stacked("and this one", w.Dropdown(options=[("no other", None), *asked]))
        self.bind(one, lambda: self.one, lambda value: self.choose_axes(value, self.two))
        self.bind(two, lambda: self.two, lambda value: self.choose_axes(self.one, value))
        return form(
            self.head,
            self.message,
            _beside(one, two),
            self.map,
            _beside(self._place("one", "Set the first to"), self._place("two", "and the second to")),
            self.moved,
            self.button("Keep as a new decision", self.keep),
            self.kept,
        )

    @functools.cached_property
    def turning(self) -> w.Widget:
        """Show what would change the verdict."""
        return form(self.head, self.turns)

    @functools.cached_property
    def open_answers(self) -> w.Widget:
        """Show what the open answers cost in confidence."""
        return form(self.head, self.opens)

    @functools.cached_property
    def comparison(self) -> w.Widget:
        """Compare the decision with another."""
        compare_with = self._file("Compare with", "other_path", self.compare_with)
        return form(self.head, self.message, compare_with, self.compared)

    def _file(self, label: str, name: str, take: Any) -> w.Widget:
        """Make a choice of a decision file: one's own or an example."""
        control = w.Dropdown(description=label, style={"description_width": "100px"}, layout=WIDE)

        def current() -> Path | None:
            path = getattr(self, name)
            return path if path in self._files().values() else None  # it may be gone by now

        return self.choice(control, lambda: self._files().items(), current, take)

    def _place(self, axis: str, label: str) -> w.Widget:
        """Make a choice of the level or the scope to which one answer is moved."""

        def options() -> Iterator[tuple[str, int | str]]:
            yield "as saved", SAVED
            if requirement := getattr(self, axis):
                yield from (
                    (f"{level}: {text}", level)
                    for level, text in enumerate(self.knowledge.requirements[requirement].levels)
                )
                if self.evaluation.decision.scoped:
                    yield from ((f"a need of {words}", scope) for scope, words in WHOSE.items())

        return self.choice(
            stacked(label, w.Dropdown()),
            options,
            lambda: self.moves.get(getattr(self, axis), SAVED),
            lambda to: self.move(getattr(self, axis), None if to == SAVED else to),
        )


bench = Bench.of
"""The one bench of a folder, as the notebook calls it."""


def _undecided(moved: Decision) -> Decision:
    """Make a decision of its own of a moved one: of the same flow and people, with nothing chosen or recorded yet."""
    return Decision(
        f"{moved.name.removesuffix(ENDS)}{ENDS}",
        context=moved.context,
        core=moved.core,
        reactions=moved.reactions,
        deciders=moved.deciders,
        consulted=moved.consulted,
        informed=moved.informed,
        answers=moved.answers,
        system=moved.system,
    )


def _beside(one: w.Widget, other: w.Widget) -> w.Widget:
    for control in (one, other):
        control.layout = w.Layout(width="50%", min_width="0")
    return w.HBox([one, other])


def _most_telling(evaluation: Evaluation) -> tuple[str, str | None]:
    """Choose two answers to begin with: those whose steps turn the verdict, and then the weightiest."""
    turning = [answer.requirement for flip in evaluation.flips.sets for answer in flip.changes]
    weighty = sorted(evaluation.scores.contributions, key=lambda need: -need.weight)
    order = dict.fromkeys(
        [*turning, *(need.answer.requirement for need in weighty), *evaluation.knowledge.requirements]
    )
    one, two, *_ = [*order, None]
    return str(one), two
