"""Read and check a folder of knowledge: requirements, models, ratings with their sources, guidance.

The folder shipped with the kit is ``data/``; a user's own folder of the same shape may be read instead.
Every file is checked row by row, so that a mistake is told by file, row and column.
"""

import functools
import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from decision_kit import files, tables
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
class Figure:
    """A number or an answer out of a measurement that is drawn in a picture; ``value`` is in hours."""

    picture: str
    measurement: str
    label: str
    model: str
    value: Fraction | None
    answer: str


@dataclass(frozen=True, eq=False)  # so that what is worked out of one can be kept by it
class Knowledge:
    """Everything a folder says; made by :func:`load`.

    ``name`` is the folder's, or ``"decision-kit"`` for the knowledge shipped; ``folder`` is where it lies; ``digest``
    changes with any change of any file; ``requirements``, ``models``, ``groups``, ``settings`` and ``sources`` are
    keyed by id.
    """

    name: str
    folder: Path
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
    figures: tuple[Figure, ...] = ()

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

    def with_file(self, name: str) -> "Knowledge":
        """Give this knowledge if its folder has a file of that name, else the one shipped with the kit."""
        return self if (self.folder / name).is_file() else load()

    def number(self, setting: str) -> Fraction:
        """Look up the value of a named setting."""
        return self.settings[setting].value

    @property
    def enough(self) -> int:
        """How many questions must have a level before there is a verdict."""
        return math.ceil(self.number("enough_share") * len(self.requirements))


def load(folder: Path | str | None = None) -> Knowledge:
    """Read a folder of knowledge and check every row of it.

    Parameters
    ----------
    folder : pathlib.Path, str or None
        A folder with the files of ``data/``; ``None`` for the knowledge shipped with the kit, which is read
        once and kept.

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
        return tables.rows(folder / f"{name}.csv", text, columns)

    def records(file: str, kind: type[T], /, **columns: Callable[[str], Any]) -> list[T]:
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        return [kind(**row) for row in table(file, {column: columns.get(column, tables.filled) for column in names})]

    groups = {group.id: group for group in records("groups", Group, id=tables.once(tables.identifier))}
    named = records("models", Model, id=tables.once(tables.identifier), core=str, reactions=str)
    models = {model.id: model for model in named}
    pure = [model.id for model in models.values() if not model.composed]
    for model in models.values():
        sides = {model.core, model.reactions}
        if sides != {""} and not sides <= set(pure):
            raise InputError(
                f"{folder / 'models.csv'}, model {model.id}: core and reactions must both be empty or both name one "
                f"of {', '.join(pure)}."
            )
    if len(pure) < 2:
        raise InputError(f"{folder / 'models.csv'}: needs at least two models that are not made of others.")

    levels = [f"level_{level}" for level in range(TOP + 1)]
    shape = dict.fromkeys(("id", "title", "theme", "question", *levels, "why"), tables.filled) | {
        "id": tables.once(tables.identifier),
        "pull": tables.one_of((*pure, "either")),
        "group": tables.one_of(("", *groups)),
        "two_planes": tables.one_of(("", "yes")),
        "belongs_to": tables.one_of(("", "core", "reactions")),
    }
    asked = table("requirements", shape)
    for row in asked:
        row["levels"] = tuple(row.pop(level) for level in levels)
        row["two_planes"] = row["two_planes"] == "yes"
    requirements = {row["id"]: Requirement(**row) for row in asked}
    if not requirements:
        raise InputError(f"{folder / 'requirements.csv'}: holds no requirement; at least one is needed.")

    weights = sorted(
        records("weights", Weight, level=tables.whole(0, TOP), weight=tables.number), key=lambda step: step.level
    )
    if [step.level for step in weights] != list(range(TOP + 1)):
        raise InputError(f"{folder / 'weights.csv'}: needs one row for each of the levels 0 to {TOP}.")
    if weights[0].weight != 0 or any(a.weight > b.weight for a, b in itertools.pairwise(weights)):
        raise InputError(f"{folder / 'weights.csv'}: weights must begin at 0 and never fall from level to level.")

    set_here = records("settings", Setting, name=tables.one_of(SETTINGS), value=tables.number)
    named = [setting.name for setting in set_here]
    for needed in SETTINGS:
        if named.count(needed) != 1:
            wrong = "stands twice" if needed in named else "is missing"
            raise InputError(f"{folder / 'settings.csv'}: the setting {needed!r} {wrong}; each is needed once.")

    published = records("sources", Source, id=tables.once(tables.identifier), address=str, grade=tables.one_of("ABCD"))
    sources = {source.id: source for source in published}
    known = {
        "source": tables.one_of(sources),
        "model": tables.one_of(models),
        "requirement": tables.one_of(requirements),
    }
    ratings = records("ratings", Rating, **known, rating=tables.whole(-2, 2), original=str, note=str)
    for cell, count in Counter((rating.source, rating.model, rating.requirement) for rating in ratings).items():
        if count > 1:
            raise InputError(f"{folder / 'ratings.csv'}: {', '.join(cell)} is rated twice; each source rates once.")
    rated = {(rating.model, rating.requirement) for rating in ratings}
    for asked_of in itertools.product(pure, requirements):
        if asked_of not in rated:
            raise InputError(
                f"{folder / 'ratings.csv'}: no source rates {' on '.join(asked_of)}; at least one is needed."
            )

    guidance = records(
        "guidance",
        Guidance,
        **known | {"requirement": tables.one_of(("", *requirements))},
        kind=tables.one_of(("mitigation", "anti-pattern")),
        symptom=str,
    )
    results = dict.fromkeys(("orchestration", "choreography", "other"), str)
    measurements = records("measurements", Measurement, **known, **results, caveat=str)
    drawn = {"measurement": tables.one_of([m.id for m in measurements]), "model": tables.one_of(models)}
    drawn |= {"picture": tables.one_of(("down", "found")), "value": tables.maybe(tables.number), "answer": str}
    figures = records("figures", Figure, **drawn) if (folder / "figures.csv").exists() else []
    return Knowledge(
        name=name,
        folder=folder,
        digest=seal.hexdigest()[:12],
        requirements=MappingProxyType(requirements),
        models=MappingProxyType(models),
        groups=MappingProxyType(groups),
        weights=tuple(weights),
        settings=MappingProxyType(dict(zip(named, set_here, strict=True))),
        sources=MappingProxyType(sources),
        ratings=tuple(ratings),
        guidance=tuple(guidance),
        measurements=tuple(measurements),
        figures=tuple(figures),
    )
