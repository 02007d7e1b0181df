"""Steps of one decision taken back and done again, each by a button that names what it does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ipywidgets as w

from decision_kit import difference, difference_wording, merge
from decision_kit.difference import Difference
from decision_kit.evaluation import Evaluation
from decision_kit.grammar import counted

if TYPE_CHECKING:
    from decision_kit.widgets.decide import Desk
    from decision_kit.widgets.saving import Met

STEPS = 100
"""How many steps are kept."""

NONE = (
    "Nothing to take back. What was changed before the page of the app is loaded again, or a kernel starts, stays.",
    "Nothing was taken back that could be done again.",
)
"""What the two buttons say where they wait."""

TYPED = {*merge.TEXTS, "triggers", "deciders", "consulted", "informed"}


@dataclass(frozen=True)
class _Step:
    """What a decision was, and with which changes elsewhere it had met by then."""

    was: Evaluation
    met: "Met | None"


class Undo:
    """What one decision was before each change, newest last, and what was taken back of it.

    Parameters
    ----------
    desk : Desk
        Whose decision it is.

    Attributes
    ----------
    bar : ipywidgets.Widget
        The two buttons.
    """

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._past: list[_Step] = []
        self._future: list[_Step] = []
        self._typing: str | None = None
        self._back = desk.button("Undo", lambda: self._go(self._past, self._future))
        self._forth = desk.button("Redo", lambda: self._go(self._future, self._past))
        self.bar = w.Box([self._back, self._forth])
        self.bar.add_class("dk-undo")
        self.refresh()

    def note(self, before: Evaluation, after: Evaluation) -> None:
        """Remember a change; what is typed into one text counts as one, however often it was saved meanwhile."""
        if before.decision == after.decision:
            return
        typing = _text(difference.between(before, after))
        if not (self._past and typing and typing == self._typing):
            self._past.append(_Step(before, self._desk.saving.met))
            del self._past[:-STEPS]
        elif self._past[-1].was.decision == after.decision:
            self._past.pop()  # typed, and taken away again
        self._typing = typing
        self._future.clear()

    def part(self) -> None:
        """Let what is typed from now on be a step of its own."""
        self._typing = None

    def clear(self) -> None:
        """Forget all, as another decision is opened."""
        self._past.clear()
        self._future.clear()
        self.part()

    def _go(self, where: list[_Step], other: list[_Step]) -> None:
        if where:
            other.append(_Step(self._desk.evaluation, self._desk.saving.met))
            self.part()
            step = where.pop()
            if step.met:  # what became of changes elsewhere is asked again, and neither side is lost
                self._desk.saving.ask_again(step.met)
            self._desk.take(step.was.decision, note=False)

    def refresh(self) -> None:
        """Say on each button what it would do."""
        now = self._desk.evaluation
        for button, steps, none in zip((self._back, self._forth), (self._past, self._future), NONE, strict=True):
            told = ""
            if steps:
                ends = (steps[-1].was, now) if button is self._back else (now, steps[-1].was)
                first, *more = difference_wording.changes(difference.between(*ends))
                told = f": {first.rstrip('.')}" + (f" and {counted(len(more), 'other change')}" if more else "")
            button.disabled = not steps
            button.description = f"{'Undo' if button is self._back else 'Redo'}{told}"
            button.tooltip = button.description if steps else none


def _text(found: Difference) -> str | None:
    """Name the one text that a change is about, if it is about one text alone."""
    changed = [name for name, *_ in found.fields]
    for one, other in found.answers:
        same = (one.level, one.scope, one.must) == (other.level, other.scope, other.must)
        changed.append(f"note {one.requirement}" if same else "level")
    return changed[0] if len(changed) == 1 and changed[0].partition(" ")[0] in TYPED else None
