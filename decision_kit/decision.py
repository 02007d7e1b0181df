"""One decision as a value: what was asked, what was answered, by whom; opened and saved as one JSON file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from decision_kit import files, plain
from decision_kit.basis import Basis
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP

if TYPE_CHECKING:
    from decision_kit.boundaries.system import System

SCHEMA = 2
"""Version of the file's layout; an older one is migrated when opened, a newer one refused."""

NOT_SURE: Literal["not sure"] = "not sure"
SCOPES = ("whole", "core", "reactions")
STATUSES = ("proposed", "accepted", "rejected", "deprecated", "superseded")

Level = int | tuple[int, int] | Literal["not sure"] | None


@dataclass(frozen=True)
class Answer:
    """The answer to one requirement.

    Attributes
    ----------
    requirement : str
        Id of the requirement.
    level : int, (int, int), "not sure" or None
        A level 0-4, a range of levels with both ends, not sure, or ``None``: not answered yet.
    scope : {"whole", "core", "reactions"}
        The part of the flow that has this need.
    must : bool
        Whether a model that is bad at it is ruled out.
    note : str
        Why this answer was given.

    Raises
    ------
    InputError
        If a field holds what is not allowed.
    """

    requirement: str
    level: Level = None
    scope: str = "whole"
    must: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        """Check every field."""
        if not isinstance(self.requirement, str) or not self.requirement:
            raise InputError(f"answers: {plain.shown(self.requirement)} is not the id of a requirement.")
        where = f"answers, {self.requirement[:60]}"
        if isinstance(self.level, list):
            object.__setattr__(self, "level", tuple(self.level))
        if not _is_level(self.level):
            raise InputError(
                f"{where}, level: {plain.shown(self.level)} is not allowed; allowed is a whole number from 0 to {TOP}, "
                f'a range such as [2, 4], or "{NOT_SURE}".'
            )
        if self.scope not in SCOPES:
            raise InputError(f"{where}, scope: {plain.shown(self.scope)} is not one of {', '.join(SCOPES)}.")
        if not isinstance(self.must, bool):
            raise InputError(f"{where}, must: {plain.shown(self.must)} is not true or false.")
        plain.text(f"{where}, note", self.note)

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels that this answer leaves open."""
        if isinstance(self.level, int):
            return (self.level,)
        lowest, highest = self.level if isinstance(self.level, tuple) else (0, TOP)
        return tuple(range(lowest, highest + 1))

    @property
    def stated(self) -> bool:
        """Whether a level or a range was given (not sure and not answered are neither)."""
        return isinstance(self.level, int | tuple)

    @property
    def given(self) -> bool:
        """Whether the question was answered at all, be it with not sure."""
        return self.level is not None


@dataclass(frozen=True)
class Decision:
    """A decision about one system; change it with :func:`dataclasses.replace` or :meth:`answer`.

    Attributes
    ----------
    name : str
        What is coordinated, such as ``"Order and payment"``.
    context : str
        What a reader must know of the system.
    core, reactions : str
        Which steps must run in order and be undone together, and who only listens; empty if there is no such
        part. Scopes count only when both are named.
    status : str
        One of ``STATUSES``.
    date : str
        Day of the decision, ``YYYY-MM-DD``.
    review : str
        Day on which it is looked at again, or empty.
    triggers : tuple of str
        What brings the review forward.
    deciders, consulted, informed : tuple of str
        People or groups.
    supersedes : tuple of str
        Records that this one takes the place of, as their files are named without an ending.
    superseded_by : str
        The record that took the place of this one, or empty.
    answers : tuple of Answer
        In the order given; at most one for each requirement.
    chosen : str
        Id of the model that the deciders choose, or empty: the one that is recommended.
    because : str
        Why they choose it, in their words.
    system : System or None
        The parts and links behind the decision, through which the line between the two models is drawn.
    basis : Basis or None
        What a record was computed from; only records hold one.

    Raises
    ------
    InputError
        If a field holds what is not allowed.
    """

    name: str
    context: str = ""
    core: str = ""
    reactions: str = ""
    status: str = "proposed"
    date: str = field(default_factory=lambda: date.today().isoformat())
    review: str = ""
    triggers: tuple[str, ...] = ()
    deciders: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    answers: tuple[Answer, ...] = ()
    chosen: str = ""
    because: str = ""
    system: "System | None" = None
    basis: Basis | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        for text in ("name", "context", "core", "reactions", "chosen", "because"):
            plain.text(text, getattr(self, text))
        if not self.name.strip():
            raise InputError("name: is empty; say what is coordinated.")
        if self.status not in STATUSES:
            raise InputError(f"status: {plain.shown(self.status)} is not one of {', '.join(STATUSES)}.")
        if not _is_day(self.date):
            raise InputError(f"date: {plain.shown(self.date)} is not a day written YYYY-MM-DD.")
        if self.review != "" and not _is_day(self.review):
            raise InputError(
                f"review: {plain.shown(self.review)} is not a day written YYYY-MM-DD; leave it empty for none."
            )
        for name in ("triggers", "deciders", "consulted", "informed", "supersedes"):
            texts = getattr(self, name)
            if isinstance(texts, str) or not isinstance(texts, list | tuple):
                raise InputError(f"{name}: {plain.shown(texts)} is not a list of texts.")
            for text in texts:
                plain.text(name, text)
            object.__setattr__(self, name, tuple(texts))
        for stem in (*self.supersedes, self.superseded_by):
            if stem != "" and not is_stem(stem):
                raise InputError(
                    f"supersedes, superseded_by: {plain.shown(stem)} is not a record, such as 0001-coordinate-orders."
                )
        object.__setattr__(self, "answers", tuple(self.answers))
        asked = [answer.requirement for answer in self.answers]
        for requirement in asked:
            if asked.count(requirement) > 1:
                raise InputError(f"answers: {requirement!r} is answered twice; each requirement only once.")
        if self.system is not None:
            _system_json().check(self.system)

    @property
    def scoped(self) -> bool:
        """Whether core and reactions are both named, so that scopes count."""
        return bool(self.core.strip() and self.reactions.strip())

    def answer_to(self, requirement: str) -> Answer:
        """Look up an answer; one without a level stands for a question not answered yet."""
        return next((a for a in self.answers if a.requirement == requirement), Answer(requirement))

    def answer(self, requirement: str, **changes: Any) -> "Decision":
        """Make a decision with new values of some fields of one answer, the others where they are."""
        answers = {answer.requirement: answer for answer in self.answers}
        answers[requirement] = replace(self.answer_to(requirement), **changes)
        return replace(self, answers=tuple(answers.values()))

    @classmethod
    def from_answers(cls, name: str, answers: Mapping[str, Any], **others: Any) -> "Decision":
        """Make a decision from plain values.

        Parameters
        ----------
        name : str
            What is coordinated.
        answers : mapping of str to int, "not sure" or mapping
            For each requirement a level, ``"not sure"``, or a mapping with ``level`` (a level or a range such as
            ``[2, 4]``) and, as needed, ``scope``, ``must`` and ``note``.
        **others
            Other fields of the decision, such as ``core`` and ``reactions``.

        Returns
        -------
        Decision

        Raises
        ------
        InputError
            If an answer or a field is not allowed.

        Examples
        --------
        >>> Decision.from_answers("Orders", {"strict_ordering": 4}, date="2026-11-23").answers[0].level
        4
        """
        return cls(
            name,
            **others,
            answers=tuple(
                _answer({"requirement": requirement, **(given if isinstance(given, Mapping) else {"level": given})})
                for requirement, given in answers.items()
            ),
        )

    @classmethod
    def from_json(cls, text: str) -> "Decision":
        """Read a decision from its JSON text, as :meth:`to_json` writes it.

        Raises
        ------
        InputError
            If the text is empty, not JSON, of a newer schema, or a field is unknown, missing or not allowed.
        """
        if not text.strip():
            raise InputError("is empty.")
        try:
            document = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        except InputError:
            raise
        except json.JSONDecodeError as error:
            raise InputError(f"line {error.lineno} is not JSON ({error.msg.lower()}); is the file cut off?") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"is not JSON that can be read ({str(error)[:80]}).") from None
        if not isinstance(document, dict):
            raise InputError("is not a decision; a JSON object with the fields of one is needed.")
        if "schema" not in document:
            raise InputError("is not a decision of this kit; each has the version of its layout as schema.")
        schema = document.pop("schema")
        if type(schema) is not int or schema < 1:
            raise InputError(f"schema: {plain.shown(schema)} is not a version; this kit writes {SCHEMA}.")
        if schema > SCHEMA:
            raise InputError(f"schema: {schema} is newer than this kit, which reads up to {SCHEMA}; update the kit.")
        answers = document.pop("answers", [])
        if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
            raise InputError("answers: is not a list of answers.")
        if "name" not in document:
            raise InputError("name: is missing; say what is coordinated.")
        if "date" not in document:
            raise InputError("date: is missing; a day written YYYY-MM-DD is needed.")
        plain.only(document, [f.name for f in fields(cls)], "")
        # Schema 1 had no review, triggers, links and basis; their defaults say the same as their absence.
        basis = document.pop("basis", None)
        basis = None if basis is None else Basis.from_dict(basis)
        system = document.pop("system", None)
        system = None if system is None else _system_json().from_dict(system)
        return cls(**document, answers=tuple(_answer(answer) for answer in answers), system=system, basis=basis)

    def to_json(self, *, short: bool = False) -> str:
        """Write the decision as JSON text; the same decision gives the same text.

        Parameters
        ----------
        short : bool
            On one line, without what answers leave as it is by default.
        """
        document: dict[str, Any] = {"schema": SCHEMA}
        document |= {f.name: getattr(self, f.name) for f in fields(self)}
        document["answers"] = [
            {f.name: value for f in fields(answer) if (value := getattr(answer, f.name)) != f.default or not short}
            for answer in self.answers
        ]
        document["system"] = _system_json().to_dict(self.system) if self.system else None
        document["basis"] = self.basis.to_dict() if self.basis else None
        for optional in ("chosen", "because", "system", "basis"):
            if not document[optional]:
                del document[optional]
        style: dict[str, Any] = {"separators": (",", ":")} if short else {"indent": 2}
        return json.dumps(document, ensure_ascii=False, **style) + "\n"

    @classmethod
    def open(cls, path: Path | str) -> "Decision":
        """Open a decision file.

        Raises
        ------
        InputError
            If it cannot be read or is not a decision; the sentence begins with the file.
        """
        text = files.read_text(Path(path))
        try:
            return cls.from_json(text)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None

    def save(self, path: Path | str) -> None:
        """Save the decision, over a file that is there, so that the file is at every moment whole.

        Raises
        ------
        InputError
            If it cannot be written; what was there is untouched.
        """
        files.replace(Path(path), self.to_json())


def _system_json() -> ModuleType:
    from decision_kit.boundaries import system_json  # noqa: PLC0415 - few decisions hold a system

    return system_json


def is_stem(text: object) -> bool:
    """Tell whether a text names a record as its files are named, without an ending: ``0001-coordinate-orders``."""
    return isinstance(text, str) and re.fullmatch(r"\d{4,}-[\w-]{1,200}", text) is not None


def number_of(stem: str) -> str:
    """Give the number in a record's name: ``"0001-coordinate-orders"`` to ``"0001"``."""
    return stem.partition("-")[0]


def _answer(given: Mapping[str, Any]) -> Answer:
    plain.only(given, [f.name for f in fields(Answer)], f"answers, {str(given.get('requirement', '?'))[:60]}, ")
    if "requirement" not in given:
        raise InputError("answers: an answer has no requirement; each names the one it answers.")
    return Answer(**given)


def _is_level(level: object) -> bool:
    if isinstance(level, tuple):
        return len(level) == 2 and all(_is_step(end) for end in level) and level[0] < level[1]
    return level in (None, NOT_SURE) or _is_step(level)


def _is_step(level: object) -> bool:
    return type(level) is int and 0 <= level <= TOP  # bool is an int to Python, not to a person


def _is_day(day: object) -> bool:
    try:
        return isinstance(day, str) and date.fromisoformat(day).isoformat() == day  # Python reads other forms too
    except ValueError:
        return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{twice[:60]}: stands twice in one object; each field only once.")
    return document


def _refuse(constant: str) -> Any:
    raise InputError(f"{constant} is not a number that JSON knows.")
