"""What a recorded line was drawn with, beside the ratings: the rules that were on, the steps of traffic, the result."""

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from decision_kit import plain
from decision_kit.boundaries import rules as published
from decision_kit.boundaries.rules import Rule, Rules
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge

if TYPE_CHECKING:  # drawing needs scipy, reading a record does not
    from decision_kit.boundaries.boundary import Line

DEAREST = 10**9
"""No price is higher; what is was edited by hand."""


@dataclass(frozen=True)
class LineBasis:
    """The numbers behind a recorded line, as plain values that a record's JSON holds; made by :func:`of`.

    Attributes
    ----------
    rules : list of list of str
        For each rule that was on, the first the strongest: its id, what it made a link dearer by, and what a part
        paid under the model it is against; numbers as exact fractions such as ``"1/2"``.
    traffic : list of list of str
        From how many calls per second on a link cost how many times its price, as exact fractions.
    assignment : dict of str to str
        The model of each part.
    cost, misfit, crossings : str
        What the line cost, as exact fractions of rating steps times weight.

    Raises
    ------
    InputError
        If a field holds what is not allowed.
    """

    rules: list[list[str]]
    traffic: list[list[str]]
    assignment: dict[str, str]
    cost: str
    misfit: str
    crossings: str

    def __post_init__(self) -> None:
        """Check every field, as a record may have been edited by hand."""
        told, numbers = self.assignment, (self.cost, self.misfit, self.crossings)
        sound = (
            _are_rows(self.rules, 3)
            and _are_rows(self.traffic, 2)
            and all(name in published.RULES for name, *_ in self.rules)
            and all(_is_price(number) for _, *row in self.rules for number in row)
            and bool(self.traffic)
            and all(_is_price(number) for row in self.traffic for number in row)
            and isinstance(told, dict)
            and all(isinstance(model, str) for model in told.values())
            and all(plain.is_number(number) for number in numbers)
        )
        if not sound:
            raise InputError("basis, line: does not hold what the kit writes there; export the decision anew.")

    @classmethod
    def from_dict(cls, given: Any) -> "LineBasis":
        """Read it from plain values.

        Raises
        ------
        InputError
            If it is not what :func:`dataclasses.asdict` gives of one.
        """
        names = [field.name for field in fields(cls)]
        if not isinstance(given, dict) or set(given) != set(names):
            raise InputError(f"basis, line: needs just the fields {', '.join(names)}.")
        return cls(**given)

    def under(self, knowledge: Knowledge) -> Rules:
        """Give the recorded rules and steps of traffic, so that the line is drawn as it was then.

        Only numbers come from the record; the words of a rule are those that the knowledge has today.
        """
        today = published.of(knowledge)
        words = {rule.id: rule for rule in today.rules}
        recorded = "As recorded."
        rules = tuple(
            replace(
                words.get(name, Rule(name, name, recorded, Fraction(1), Fraction(0), "", recorded)),
                dearer=Fraction(dearer),
                pull=Fraction(pull),
            )
            for name, dearer, pull in self.rules
        )
        return Rules(rules, tuple((Fraction(calls), Fraction(factor)) for calls, factor in self.traffic))


def of(line: "Line") -> LineBasis:
    """Give what a record of a line keeps, so that it can be had again to the last digit."""
    return LineBasis(
        rules=[[rule.id, str(rule.dearer), str(rule.pull)] for rule in line.rules.rules],
        traffic=[[str(number) for number in step] for step in line.rules.traffic],
        assignment=dict(line.assignment),
        cost=str(line.cost),
        misfit=str(line.misfit),
        crossings=str(line.crossings),
    )


def _are_rows(given: object, length: int) -> bool:
    return isinstance(given, list) and all(isinstance(row, list) and len(row) == length for row in given)


def _is_price(number: object) -> bool:
    return plain.is_number(number) and 0 <= Fraction(str(number)) <= DEAREST
