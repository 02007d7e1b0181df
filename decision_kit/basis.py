"""What a record was computed from: the numbers of the knowledge of that day, and what they gave.

With them a record gives the same result to the last digit when the knowledge has moved on, and it can be said which
ratings made the difference.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from decision_kit import plain
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Group, Knowledge, Rating

if TYPE_CHECKING:
    from decision_kit.boundaries.line_basis import LineBasis


@dataclass(frozen=True)
class Basis:
    """The numbers behind a recorded verdict, as plain values that a record's JSON holds.

    Attributes
    ----------
    knowledge, digest, kit : str
        Name and digest of the knowledge, and the version of the kit.
    verdict : str
        Kind of the verdict, such as ``"clear"``.
    model : str or None
        The recommended model.
    fit : dict of str to float or None
        Fit of each model (0-1).
    first : dict of str to float
        Share of the readings (0-1) in which each model comes first.
    weights : list of str
        Weight of each level 0-4, as exact fractions such as ``"1/2"``.
    settings : dict of str to str
        The settings, as exact fractions.
    groups : dict of str to list of str
        Requirements that share one weight.
    two_planes : list of str
        Requirements that running two planes makes worse.
    votes : dict of str to dict of str to str
        For each requirement and model the sources' ratings, one digit (0-4) each.
    line : LineBasis or None
        The line through the system, where the decision has one.

    Raises
    ------
    InputError
        If a field holds what is not allowed.
    """

    knowledge: str
    digest: str
    kit: str
    verdict: str
    model: str | None
    fit: dict[str, float | None]
    first: dict[str, float]
    weights: list[str]
    settings: dict[str, str]
    groups: dict[str, list[str]]
    two_planes: list[str]
    votes: dict[str, dict[str, str]]
    line: "LineBasis | None" = None

    def __post_init__(self) -> None:
        """Check every field, as a record may have been edited by hand."""
        texts = (self.knowledge, self.digest, self.kit, self.verdict, self.model or "")
        names = (self.weights, self.two_planes, *_values(self.groups, "groups"))
        sound = (
            all(isinstance(text, str) for text in texts)
            and all(isinstance(row, list) and all(isinstance(name, str) for name in row) for row in names)
            and all(_is_share(share) for share in _values(self.fit, "fit") if share is not None)
            and all(_is_share(share) for share in _values(self.first, "first"))
            and all(plain.is_number(number) for number in (*self.weights, *_values(self.settings, "settings")))
            and len(self.weights) == TOP + 1
        )
        digits = {str(rating) for rating in range(TOP + 1)}
        for row in _values(self.votes, "votes"):
            sound = sound and all(isinstance(v, str) and v and digits.issuperset(v) for v in _values(row, "votes"))
        if not sound:
            raise InputError("basis: does not hold what the kit writes there; export the decision anew.")

    @classmethod
    def from_dict(cls, given: Any) -> "Basis":
        """Read a basis from plain values.

        Raises
        ------
        InputError
            If it is not what :func:`dataclasses.asdict` gives of one.
        """
        names = {field.name for field in fields(cls)} - {"line"}
        if not isinstance(given, dict) or set(given) - {"line"} != names:
            raise InputError(f"basis: needs just the fields {', '.join(sorted(names))}, and of a system the line.")
        if given.get("line") is None:
            return cls(**given)
        from decision_kit.boundaries.line_basis import LineBasis  # noqa: PLC0415 - few records hold a line

        return cls(**given | {"line": LineBasis.from_dict(given["line"])})

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values."""
        given = asdict(self)
        return given if self.line else {name: value for name, value in given.items() if name != "line"}

    @property
    def cells(self) -> dict[tuple[str, str], str]:
        """The sources' ratings of each (model, requirement), one digit (0-4) each."""
        return {(model, requirement): row[model] for requirement, row in self.votes.items() for model in row}

    def under(self, knowledge: Knowledge) -> Knowledge:
        """Put the recorded numbers into a knowledge, so that a decision is computed as it was then.

        Only numbers come from the record: requirements and models keep today's words, and the ratings name no source.

        Raises
        ------
        InputError
            If the knowledge lacks a requirement or a model that the record was computed with.
        """
        for requirement, row in self.votes.items():
            if requirement not in knowledge.requirements or not set(row) <= set(knowledge.models):
                raise InputError(
                    f"basis: the knowledge “{knowledge.name}” does not have {requirement} with {', '.join(row)}, so it "
                    "cannot be computed as it was."
                )
        shared = {requirement: group for group, row in self.groups.items() for requirement in row}
        ratings = tuple(
            Rating("", requirement, model, int(digit) - 2, "", "")
            for (model, requirement), digits in self.cells.items()
            for digit in digits
        )
        return replace(
            knowledge,
            name=self.knowledge,
            digest=self.digest,
            requirements={
                name: replace(asked, group=shared.get(name, ""), two_planes=name in self.two_planes)
                for name, asked in knowledge.requirements.items()
                if name in self.votes
            },
            weights=tuple(
                replace(step, weight=Fraction(weight))
                for step, weight in zip(knowledge.weights, self.weights, strict=True)
            ),
            settings={
                name: replace(setting, value=Fraction(self.settings.get(name, setting.value)))
                for name, setting in knowledge.settings.items()
            },
            groups={name: Group(name, name, "As recorded.") for name in self.groups},
            ratings=ratings,
        )

    def changed(self, knowledge: Knowledge) -> Mapping[tuple[str, str], tuple[Fraction | None, Fraction | None]]:
        """List the ratings that are not what they were: (model, requirement) to the mean then and now, 0-4.

        Returns
        -------
        mapping of (str, str) to (fractions.Fraction or None, fractions.Fraction or None)
            ``None`` where no source rated it.
        """
        then = {cell: Fraction(sum(map(int, digits)), len(digits)) for cell, digits in self.cells.items()}
        now = {cell: mean for cell, mean in knowledge.mean_ratings.items() if not knowledge.models[cell[0]].composed}
        return {cell: (then.get(cell), now.get(cell)) for cell in {**then, **now} if then.get(cell) != now.get(cell)}


def numbers(knowledge: Knowledge) -> dict[str, Any]:
    """Give the numbers of a knowledge that a result depends on, as the fields of a :class:`Basis`."""
    asked = knowledge.requirements.values()
    votes: dict[str, dict[str, str]] = {requirement.id: {} for requirement in asked}
    for (model, requirement), row in knowledge.votes.items():
        if not knowledge.models[model].composed:  # the few ratings of those are shown, but not used
            votes[requirement][model] = "".join(str(vote.rating + 2) for vote in row)
    return {
        "knowledge": knowledge.name,
        "digest": knowledge.digest,
        "weights": [str(step.weight) for step in knowledge.weights],
        "settings": {name: str(setting.value) for name, setting in knowledge.settings.items()},
        "groups": {group: [r.id for r in asked if r.group == group] for group in knowledge.groups},
        "two_planes": [requirement.id for requirement in asked if requirement.two_planes],
        "votes": votes,
    }


def _values(given: Any, where: str) -> list[Any]:
    if not isinstance(given, dict):
        raise InputError(f"basis, {where}: is not an object.")
    return list(given.values())


def _is_share(share: object) -> bool:
    return isinstance(share, float | int) and not isinstance(share, bool) and abs(share) <= 1 + 1e-9  # sums round
