"""Read and check a folder of knowledge: requirements, models, ratings with their sources, guidance.

The folder shipped with the kit is ``data/``; a user's own folder of the same shape may be read instead.
Every file is checked row by row, so that a mistake is told by file, row and column.
"""

import csv
import functools
import hashlib
import io
import itertools
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from decision_kit import files
from decision_kit.errors import InputError

T = TypeVar("T")

TOP = 4
"""The highest level of a need and, counted from 0, the highest rating."""

SETTINGS = (
    "floor",
    "floor_sources",
    "crossing_cost",
    "prior",
    "enough_share",
    "clear_ratio",
    "clear_share",
    "leaning_ratio",
)


@dataclass(frozen=True)
class Requirement:
    """One thing a system may need, asked as one question.

    ``levels`` holds one sentence for each level 0-4. ``pull`` is the model it usually speaks for, or
    ``"either"``. ``group`` names the overlapping requirements it shares its weight with. ``two_planes``
    is true where running two planes beside each other makes things worse. ``belongs_to`` is the side of a
    boundary (``"core"`` or ``"reactions"``) that this need defines, or empty.
    """

    id: str
    title: str
    theme: str
    question: str
    levels: tuple[str, ...]
    why: str
    pull: str
    group: str
    two_planes: bool
    belongs_to: str


@dataclass(frozen=True)
class Model:
    """One way to coordinate services; made of two others if ``core`` and ``reactions`` name them."""

    id: str
    title: str
    phrase: str
    core: str
    reactions: str
    summary: str

    @property
    def composed(self) -> bool:
        """Whether the model is a boundary between two others."""
        return bool(self.core)


@dataclass(frozen=True)
class Group:
    """Requirements that overlap and therefore share one weight."""

    id: str
    title: str
    reason: str


@dataclass(frozen=True)
class Weight:
    """What a level counts."""

    level: int
    weight: Fraction
    meaning: str
    reason: str


@dataclass(frozen=True)
class Setting:
    """A named number that the scoring uses, with the reason for its value."""

    name: str
    value: Fraction
    reason: str


@dataclass(frozen=True)
class Source:
    """A publication: where it is, how good it is as evidence (A best), who published it."""

    id: str
    title: str
    address: str
    kind: str
    grade: str
    read_depth: str
    publisher_interest: str


@dataclass(frozen=True)
class Rating:
    """One source's view of one model on one requirement, -2 (clearly bad at it) to 2 (clearly good).

    ``original`` keeps a published value that was not a whole step.
    """

    source: str
    requirement: str
    model: str
    rating: int
    original: str
    note: str


@dataclass(frozen=True)
class Guidance:
    """Advice for a model: a mitigation, or an anti-pattern with a symptom one can see."""

    id: str
    model: str
    kind: str
    title: str
    text: str
    symptom: str
    requirement: str
    source: str


@dataclass(frozen=True)
class Measurement:
    """A measured or modelled fact that bears on a requirement."""

    id: str
    requirement: str
    title: str
    orchestration: str
    choreography: str
    other: str
    setting: str
    source: str
    caveat: str


@dataclass(frozen=True)
class Knowledge:
    """Everything a folder says; made by :func:`load`.

    ``name`` is the folder's, or ``"decision-kit"`` for the knowledge shipped; ``digest`` changes with any change
    of any file; ``requirements``, ``models``, ``groups``, ``settings`` and ``sources`` are keyed by id.
    """

    name: str
    digest: str
    requirements: Mapping[str, Requirement]
    models: Mapping[str, Model]
    groups: Mapping[str, Group]
    weights: tuple[Weight, ...]
    settings: Mapping[str, Setting]
    sources: Mapping[str, Source]
    ratings: tuple[Rating, ...]
    guidance: tuple[Guidance, ...]
    measurements: tuple[Measurement, ...]

    @functools.cached_property
    def votes(self) -> Mapping[tuple[str, str], tuple[Rating, ...]]:
        """The sources' views of each (model, requirement)."""
        votes: dict[tuple[str, str], tuple[Rating, ...]] = {}
        for rating in self.ratings:
            cell = (rating.model, rating.requirement)
            votes[cell] = (*votes.get(cell, ()), rating)
        return votes

    @functools.cached_property
    def mean_ratings(self) -> Mapping[tuple[str, str], Fraction]:
        """The mean view of each rated (model, requirement), from 0 (bad) to 4 (good)."""
        return {
            cell: Fraction(sum(vote.rating for vote in votes), len(votes)) + 2 for cell, votes in self.votes.items()
        }

    @functools.cached_property
    def level_weights(self) -> Mapping[str, tuple[Fraction, ...]]:
        """What each level 0-4 of each requirement counts: the table, shared out within a group."""
        sizes = {group: [r.group for r in self.requirements.values()].count(group) for group in self.groups}
        return {
            requirement.id: tuple(step.weight / sizes.get(requirement.group, 1) for step in self.weights)
            for requirement in self.requirements.values()
        }

    def number(self, setting: str) -> Fraction:
        """Look up the value of a named setting."""
        return self.settings[setting].value


def load(folder: Path | str | None = None) -> Knowledge:
    """Read a folder of knowledge and check every row of it.

    Parameters
    ----------
    folder : pathlib.Path, str or None
        A folder with the files of ``data/``; ``None`` for the knowledge shipped with the kit, which is read
        once and kept.

    Returns
    -------
    Knowledge

    Raises
    ------
    InputError
        If a file, a column, a row or a value is missing or not allowed.
    """
    return _read(Path(folder), Path(folder).resolve().name) if folder is not None else _shipped()


@functools.cache
def _shipped() -> Knowledge:
    return _read(files.shipped("data"), "decision-kit")


def _read(folder: Path, name: str) -> Knowledge:
    if not folder.is_dir():
        raise InputError(f"{folder}: is not a folder; name one with the same files as the kit's data folder.")
    seal = hashlib.sha256()

    def table(name: str, columns: Mapping[str, Callable[[str], Any]]) -> list[dict[str, Any]]:
        text = files.read_text(folder / f"{name}.csv")
        seal.update(f"{name}\n{text}".encode())
        return _rows(folder / f"{name}.csv", text, columns)

    def records(file: str, kind: type[T], /, **columns: Callable[[str], Any]) -> list[T]:
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        return [kind(**row) for row in table(file, {column: columns.get(column, _filled) for column in names})]

    groups = _keyed(folder / "groups.csv", records("groups", Group, id=_id))
    models = _keyed(folder / "models.csv", records("models", Model, id=_id, core=_text, reactions=_text))
    pure = [model.id for model in models.values() if not model.composed]
    for model in models.values():
        if (model.composed and not {model.core, model.reactions} <= set(pure)) or bool(model.core) != bool(
            model.reactions
        ):
            raise InputError(
                f"{folder / 'models.csv'}, model {model.id}: core and reactions must both be empty or both name one "
                f"of {', '.join(pure)}."
            )
    if len(pure) < 2:
        raise InputError(f"{folder / 'models.csv'}: needs at least two models that are not made of others.")

    requirements: dict[str, Requirement] = {}
    shape = {
        "id": _id,
        "title": _filled,
        "theme": _filled,
        "question": _filled,
        **{f"level_{level}": _filled for level in range(TOP + 1)},
        "why": _filled,
        "pull": _one_of((*pure, "either")),
        "group": _one_of(("", *groups)),
        "two_planes": _one_of(("", "yes")),
        "belongs_to": _one_of(("", "core", "reactions")),
    }
    for row in table("requirements", shape):
        levels = tuple(row.pop(f"level_{level}") for level in range(TOP + 1))
        row["two_planes"] = row["two_planes"] == "yes"
        requirement = Requirement(levels=levels, **row)
        if requirement.id in requirements:
            raise InputError(f"{folder / 'requirements.csv'}: the id {requirement.id!r} stands twice; each only once.")
        requirements[requirement.id] = requirement
    if not requirements:
        raise InputError(f"{folder / 'requirements.csv'}: holds no requirement; at least one is needed.")

    weights = sorted(records("weights", Weight, level=_whole(0, TOP), weight=_number), key=lambda step: step.level)
    if [step.level for step in weights] != list(range(TOP + 1)):
        raise InputError(f"{folder / 'weights.csv'}: needs one row for each of the levels 0 to {TOP}.")
    if weights[0].weight != 0 or any(a.weight > b.weight for a, b in itertools.pairwise(weights)):
        raise InputError(f"{folder / 'weights.csv'}: weights must begin at 0 and never fall from level to level.")

    settings = {s.name: s for s in records("settings", Setting, name=_one_of(SETTINGS), value=_number)}
    for needed in SETTINGS:
        if needed not in settings:
            raise InputError(f"{folder / 'settings.csv'}: the setting {needed!r} is missing.")

    sources = _keyed(folder / "sources.csv", records("sources", Source, id=_id, address=_text, grade=_one_of("ABCD")))
    known = {"source": _one_of(sources), "model": _one_of(models), "requirement": _one_of(requirements)}
    ratings = records("ratings", Rating, **known, rating=_whole(-2, 2), original=_text, note=_text)
    seen: set[tuple[str, str, str]] = set()
    for rating in ratings:
        cell = (rating.source, rating.model, rating.requirement)
        if cell in seen:
            raise InputError(f"{folder / 'ratings.csv'}: {', '.join(cell)} is rated twice; each source rates once.")
        seen.add(cell)
    rated = {(rating.model, rating.requirement) for rating in ratings}
    for model_id in pure:
        for requirement_id in requirements:
            if (model_id, requirement_id) not in rated:
                raise InputError(
                    f"{folder / 'ratings.csv'}: no source rates {model_id} on {requirement_id}; at least one is needed."
                )

    guidance = records(
        "guidance",
        Guidance,
        **known | {"requirement": _one_of(("", *requirements))},
        kind=_one_of(("mitigation", "anti-pattern")),
        symptom=_text,
    )
    results = dict.fromkeys(("orchestration", "choreography", "other"), _text)
    measurements = records("measurements", Measurement, **known, **results, caveat=_text)
    return Knowledge(
        name=name,
        digest=seal.hexdigest()[:12],
        requirements=MappingProxyType(requirements),
        models=MappingProxyType(models),
        groups=MappingProxyType(groups),
        weights=tuple(weights),
        settings=MappingProxyType(settings),
        sources=MappingProxyType(sources),
        ratings=tuple(ratings),
        guidance=tuple(guidance),
        measurements=tuple(measurements),
    )


def _rows(path: Path, text: str, columns: Mapping[str, Callable[[str], Any]]) -> list[dict[str, Any]]:
    """Read a table, checking each cell by its column's function; other columns are left alone."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        for column in columns:
            if column not in (reader.fieldnames or ()):
                raise InputError(f"{path}: the column {column!r} is missing; needed are {', '.join(columns)}.")
        for raw in reader:
            row = {}
            for column, check in columns.items():
                value = raw[column]
                if value is None or None in raw:
                    raise InputError(f"{path}, row {reader.line_num}: has not as many cells as the header.")
                try:
                    row[column] = check(value.strip())
                except ValueError as allowed:
                    raise InputError(
                        f"{path}, row {reader.line_num}, column {column}: {value[:60]!r} is not allowed; "
                        f"allowed is {allowed}."
                    ) from None
            rows.append(row)
    except csv.Error as error:
        raise InputError(f"{path}, row {reader.line_num}: is not a CSV row ({error}).") from None
    return rows


def _keyed(path: Path, items: list[T]) -> dict[str, T]:
    keyed: dict[str, T] = {}
    for item in items:
        key: str = item.id  # type: ignore[attr-defined]
        if key in keyed:
            raise InputError(f"{path}: the id {key!r} stands twice; each id only once.")
        keyed[key] = item
    return keyed


def _text(value: str) -> str:
    return value


def _filled(value: str) -> str:
    if not value:
        raise ValueError("any text, not an empty cell")
    return value


def _id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", value):
        raise ValueError("a short name of letters, digits, '_', '-' and '.'")
    return value


def _one_of(allowed: Collection[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"one of {', '.join(name or 'an empty cell' for name in allowed)}")
        return value

    return check


def _whole(low: int, high: int) -> Callable[[str], int]:
    def check(value: str) -> int:
        if not re.fullmatch(r"-?\d+", value, re.ASCII) or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return check


def _number(value: str) -> Fraction:
    # Fraction reads "0.25" exactly, so that a tie is a tie to the last digit.
    if not re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        raise ValueError("a number of 0 or more, such as 0.25")
    return Fraction(value)
