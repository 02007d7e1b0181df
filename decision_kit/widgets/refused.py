"""Texts that cannot be taken: each stays in its box and is told as not saved, until it is mended or dropped."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as w

from decision_kit import panels
from decision_kit.errors import InputError

if TYPE_CHECKING:
    from decision_kit.widgets.controls import Board


class Refused:
    """The boxes of one board whose texts are not saved.

    Parameters
    ----------
    board : Board

    Attributes
    ----------
    panel : ipywidgets.Widget
        What is told of them, with a way out; empty while there are none.
    """

    def __init__(self, board: "Board") -> None:
        self._board = board
        self._told: dict[w.Widget, tuple[w.Widget, w.Widget]] = {}
        self.panel = w.VBox()

    def __contains__(self, box: w.Widget) -> bool:
        return box in self._told

    def note(self, box: w.Widget, why: str, read: Callable[[], str]) -> None:
        """Tell that the text of a box is not saved, and why; or nothing any more, where there is no reason.

        Parameters
        ----------
        box : ipywidgets.Widget
        why : str
        read : callable
            Gives what is saved instead.
        """
        if why:
            told = f"What stands in “{box.description}” is not saved. {why} Shorten or mend it there, or drop it."
            drop = self._board.button("Drop that text and show what is saved", lambda: self._drop(box, read))
            self._told[box] = w.HTML(panels.message(told)), drop
        elif self._told.pop(box, None) is None:
            return
        self.panel.children = [part for parts in self._told.values() for part in parts]
        # The page leads to what has this class from where it says that something is not saved.
        (self.panel.add_class if self._told else self.panel.remove_class)("dk-saving")
        self._board.page.mark(self, unsaved=bool(self._told))

    def check(self) -> None:
        """Refuse to go on while a box holds what is not saved.

        Raises
        ------
        InputError
            If one does.
        """
        if self._told:
            boxes = ", ".join(f"“{box.description}”" for box in self._told)
            raise InputError(f"What stands in {boxes} is not saved; first mend it there, or drop it.")

    def _drop(self, box: w.Widget, read: Callable[[], str]) -> None:
        self.note(box, "", read)
        box.value = read()
