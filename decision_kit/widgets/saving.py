"""A desk's decision in its file: saved with every change, and told with ways out where it cannot be."""

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ipywidgets as w

from decision_kit import difference, difference_wording, merge, panels, records
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.keeper import ENDING, ChangedError, Keeper

if TYPE_CHECKING:
    from decision_kit.widgets.decide import Desk

UNTITLED = "Untitled decision"


@dataclass(frozen=True)
class Met:
    """Changes on two sides of one file of which none is saved over the other yet.

    Attributes
    ----------
    keeper : Keeper
        The file.
    before : Decision
        What both sides began with.
    there : Decision
        What the file holds.
    """

    keeper: Keeper
    before: Decision
    there: Decision


class Saving:
    """Saves the decision of one desk, and asks in the page where its file was changed elsewhere.

    Parameters
    ----------
    desk : Desk
        Whose decision it is.

    Attributes
    ----------
    keeper : Keeper
        The file.
    panel : ipywidgets.Widget
        Empty while everything is saved.
    """

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self.keeper = Keeper()
        self.panel = w.VBox()
        self.panel.add_class("dk-saving")
        self._told = w.HTML()
        self._unsaved: InputError | None = None
        self._naming = False
        both = desk.button("Merge both", self._merge, "primary")
        aside = desk.button("Keep both: mine in a new file", self._aside)
        theirs = desk.button("Take theirs and drop mine (Undo brings mine back)", self._theirs)
        new = desk.button("Save in a new file", self._aside, "primary")
        again = desk.button("Try to save again", self._again)
        drop = desk.button("Drop what is not saved (Undo brings it back)", self._drop)
        self._ways = {"met": (both, aside, theirs), "lost": (new, drop), "refused": (again, new, drop)}
        self._close = desk.button("Close", self._clear)

    @property
    def settled(self) -> bool:
        """Whether nothing waits to be saved."""
        return self._unsaved is None

    @property
    def met(self) -> Met | None:
        """The changes that met, as long as a person has not chosen what becomes of them."""
        found, before = self._unsaved, self.keeper.decision
        if not isinstance(found, ChangedError) or found.decision is None or before is None:
            return None
        return Met(self.keeper, before, found.decision)

    def ask_again(self, met: Met) -> None:
        """Take a choice back: leave in the file what was found there, so that the next save asks once more.

        What was written there since the choice stays, and is what the question is about then.
        """
        if met.keeper is not self.keeper or not self.settled:
            return  # kept in a file of its own since, or asked already
        with contextlib.suppress(InputError):
            self.keeper.save(met.there)
        self.keeper.forget(met.before)

    def check_settled(self) -> None:
        """Refuse to go on to another decision while this one is not saved.

        Raises
        ------
        InputError
            If something is not saved.
        """
        if not self.settled:
            raise InputError("What you changed last is not saved yet; first choose what becomes of it.")
        self._desk.refused.check()

    def open(self, keeper: Keeper) -> None:
        """Go on with another file."""
        self.keeper, self._naming = keeper, False
        self._clear()

    def save(self, decision: Decision, name: str = "") -> None:
        """Save the decision, a new one under a name; or say in the page why it could not be and what can be done."""
        try:
            self._save(decision, name)
        except InputError as error:
            self._tell(error)
        else:
            if not self.settled:
                self._clear()

    def read_again(self) -> None:
        """Look at the file again: take what was changed there if nothing waits here, else ask."""
        if not self.settled:
            self._again()
            return
        try:
            self.keeper.look()
        except ChangedError as found:
            before = self._desk.evaluation
            try:
                self._take(found)
            except InputError as error:
                self._tell(error)
            else:
                changed = difference_wording.changes(difference.between(before, self._desk.evaluation))
                self._say(f"{found} It was read again.{' What changed:' if changed else ''}", changed)

    def _save(self, decision: Decision, name: str) -> None:
        named = "" if decision.name == UNTITLED else decision.name
        stem = records.slug(name or named or "untitled")
        path, before = self.keeper.path, self.keeper.decision
        if path is None or before is None:
            self.keeper.save_new(decision, self._desk.folder / "decisions", stem)
            self._naming = bool(named) and not name
            return
        # A file takes its name when the decision gets one, and again while that one is still being typed.
        nameless = re.fullmatch(r"untitled(-\d+)?", path.name.removesuffix(ENDING)) is not None
        self._naming = decision.name != before.name and (nameless or self._naming)
        if self._naming and not re.fullmatch(rf"{re.escape(stem)}(-\d+)?", path.name.removesuffix(ENDING)):
            self.keeper.move(decision, stem)
        else:
            self.keeper.save(decision)

    # -- what is told ------------------------------------------------------------------------------------------

    def _tell(self, error: InputError) -> None:
        mine, before, told = self._desk.evaluation, self.keeper.decision, {}
        ways = self._ways["refused"]
        if isinstance(error, ChangedError):
            ways = self._ways["lost"]
            if error.decision is not None and before is not None:
                try:
                    there, known = self._desk.evaluate(error.decision), self._desk.evaluate(before)
                except InputError as unknown:
                    error = ChangedError(f"{self.keeper.path}: {unknown} It was changed elsewhere.")
                else:
                    told = {"there": difference.between(known, there), "here": difference.between(known, mine)}
                    ways = self._ways["met"]
        self._unsaved = error
        self._desk.page.mark(self, unsaved=True)
        name = f"{records.slug(mine.decision.name)}{ENDING}"
        self._show(panels.unsaved(str(error), mine.decision, name=name, **told), *ways)

    def _say(self, told: str, look_at: list[str]) -> None:
        self._show(panels.settled(told, look_at), self._close)

    def _show(self, text: str, *buttons: w.Widget) -> None:
        self._told.value = text
        self.panel.children = (self._told, *buttons)

    def _clear(self) -> None:
        self._unsaved = None
        self._desk.page.mark(self, unsaved=False)
        self.panel.children = ()

    # -- ways out ----------------------------------------------------------------------------------------------

    def _take(self, found: ChangedError) -> None:
        if found.decision is None:
            raise found
        self._put(found.decision)
        self.keeper.accept(found)
        self._go_on()

    def _put(self, decision: Decision) -> None:
        """Go on with a decision as a step of its own, also while a text is being typed."""
        before = self._desk.evaluation
        self._desk.undo.part()
        self._desk.put(decision)
        self._desk.undo.note(before, self._desk.evaluation)
        self._desk.undo.part()

    def _go_on(self) -> None:
        self._clear()
        self._desk.refresh()

    def _again(self) -> None:
        self._desk.take(self._desk.decision)

    def _merge(self) -> None:
        found, met = self._unsaved, self.met
        if not isinstance(found, ChangedError) or met is None:
            return
        merged = merge.merge(met.before, self._desk.decision, met.there)
        self._put(merged.decision)
        self.keeper.accept(found)
        self._again()
        if self.settled:
            look_at = [difference_wording.clash(clash, self._desk.knowledge) for clash in merged.clashes]
            look = " Both sides had changed these; look at them again:" if look_at else ""
            self._say(f"Both are merged and saved in {self.keeper.path}.{look}", look_at)

    def _aside(self) -> None:
        old, decision = self.keeper.path, self._desk.decision
        stem = old.name.removesuffix(ENDING) if old else records.slug(decision.name)
        keeper = Keeper()
        keeper.save_new(decision, self._desk.folder / "decisions", stem)
        self.keeper = keeper
        self._go_on()
        kept = f"; {old} stays as it is" if old and old != self.keeper.path and old.exists() else ""
        self._say(f"Your answers are saved in {self.keeper.path}{kept}.", [])

    def _theirs(self) -> None:
        if isinstance(self._unsaved, ChangedError):
            self._take(self._unsaved)

    def _drop(self) -> None:
        saved = None if isinstance(self._unsaved, ChangedError) else self.keeper.decision
        if saved is None:
            self.keeper = Keeper()
        self._put(saved or Decision(UNTITLED))
        self._go_on()
