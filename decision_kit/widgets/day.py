"""A day in a box of text: what is no day stays in the box and is told below it, until it is one."""

from dataclasses import replace
from typing import TYPE_CHECKING

import ipywidgets as w

from decision_kit import panels
from decision_kit.errors import InputError
from decision_kit.widgets.controls import LABEL

if TYPE_CHECKING:
    from decision_kit.widgets.decide import Desk

EXAMPLE = "2027-03-31"


class Day:
    """One day of a desk's decision.

    Parameters
    ----------
    desk : Desk
    name : {"date", "review"}
        The field of the decision.
    label : str
        Its name for people.
    none : str
        What may be done instead of writing a day; empty where there must be one.

    Attributes
    ----------
    box, told : ipywidgets.Widget
        The box, and the line for what is wrong in it.
    """

    def __init__(self, desk: "Desk", name: str, label: str, none: str = "") -> None:
        self._desk, self._name, self._label, self._none = desk, name, label, none
        self._refused = ""
        self._beside: object = None  # the decision's file and day when something was refused
        self.told = w.HTML()
        desk.refreshers.append(self._forget)
        text = w.Text(description=label, style=LABEL, continuous_update=False, placeholder=f"such as {EXAMPLE}")
        self.box = desk.bind(text, self._read, self._write)

    def check(self) -> None:
        """Refuse to go on while the box holds what is no day.

        Raises
        ------
        InputError
            If it does.
        """
        if self._refused:
            raise InputError(self._sentence())

    def _sentence(self) -> str:
        return f"{self._label}: “{self._refused[:60]}” is not a day; write it such as {EXAMPLE}{self._none}."

    def _now(self) -> tuple[object, str]:
        return self._desk.path, getattr(self._desk.decision, self._name)

    def _read(self) -> str:
        return self._refused or self._now()[1]

    def _write(self, text: str) -> None:
        self._refused = self.told.value = ""
        try:
            changed = replace(self._desk.decision, **{self._name: text.strip()})
        except InputError:
            self._refused, self._beside = text, self._now()
            self.told.value = panels.message(self._sentence())
        else:
            self._desk.take(changed)

    def _forget(self) -> None:
        if self._refused and self._now() != self._beside:  # another decision, or changed in another way since
            self._refused = self.told.value = ""
