"""Levels that measurements of a part propose, by a table of thresholds that is data like any other."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from decision_kit import files, tables
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Knowledge
from decision_kit.telemetry.traces import MeasuredPart, Summary


@dataclass(frozen=True)
class Measure:
    """What can be measured of a part: how, ``None`` where it cannot be, and how to say it, ``times`` the value."""

    of: Callable[[MeasuredPart], float | None]
    words: str
    times: int = 1

    def say(self, value: float) -> str:
        """Put a value of it into words."""
        return self.words.format(digits(value * self.times))


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "busiest": Measure(lambda part: part.busiest, "{} arrivals a second in the busiest minute"),
        "unawaited": Measure(
            lambda part: 1 - part.awaited / part.arrivals if part.arrivals else None,
            "nobody waits for {} of 100 arrivals",
            100,
        ),
        "answer": Measure(lambda part: part.answer.p95 if part.answer else None, "95 of 100 answers within {} s"),
        "failing": Measure(
            lambda part: part.failed / part.arrivals if part.arrivals else None, "{} of 1000 arrivals failed", 1000
        ),
        "waiting": Measure(lambda part: part.waiting, "callers that wait one behind the other: up to {}"),
        "run": Measure(lambda part: part.run.p99 if part.run else None, "99 of 100 runs over within {} s"),
        "listeners": Measure(lambda part: part.listeners, "services that listen: {}"),
    }
)
"""The measures by the names that thresholds use."""


@dataclass(frozen=True)
class Threshold:
    """From this value of a measure on, and up to the next threshold of that measure, a level is proposed."""

    requirement: str
    measure: str
    level: int
    at_least: Fraction
    unit: str
    reason: str


@dataclass(frozen=True)
class Proposal:
    """A level for a requirement, and the measurement that proposes it in words."""

    requirement: str
    level: int
    measured: str


def thresholds(knowledge: Knowledge) -> tuple[Threshold, ...]:
    """Read the thresholds in a folder of knowledge; none if it has no ``thresholds.csv``.

    Returns
    -------
    tuple of Threshold
        In the order of their values.

    Raises
    ------
    InputError
        If the file cannot be read, a cell is not allowed, or two rows say from where on a measure counts alike.
    """
    path = knowledge.folder / "thresholds.csv"
    if not path.is_file():
        return ()
    columns = dict.fromkeys((field.name for field in fields(Threshold)), tables.filled) | {
        "requirement": tables.one_of(knowledge.requirements),
        "measure": tables.one_of(MEASURES),
        "level": tables.whole(0, TOP),
        "at_least": tables.number,
    }
    found = sorted(
        (Threshold(**row) for row in tables.rows(path, files.read_text(path), columns)),
        key=lambda row: (row.requirement, row.measure, row.at_least),
    )
    for one, other in itertools.pairwise(found):
        if (one.requirement, one.measure, one.at_least) == (other.requirement, other.measure, other.at_least):
            raise InputError(
                f"{path}: {one.requirement} by {one.measure} has two levels from {float(one.at_least):g} on; one only."
            )
    return tuple(found)


def propose(summary: Summary, knowledge: Knowledge) -> Mapping[str, tuple[Proposal, ...]]:
    """Propose levels for every part, each by the measure that asks for the highest.

    How long runs last is not judged where the time observed was too short to tell a longer run from one of that level.

    Parameters
    ----------
    summary : Summary
    knowledge : Knowledge
        Whose thresholds and requirements.

    Returns
    -------
    mapping of str to tuple of Proposal
        By the id of the part; at most one for each requirement, in their order.

    Raises
    ------
    InputError
        If the thresholds cannot be read.
    """
    bands: dict[tuple[str, str], list[Threshold]] = {}
    for row in thresholds(knowledge):
        bands.setdefault((row.requirement, row.measure), []).append(row)
    found: dict[str, tuple[Proposal, ...]] = {}
    for part in summary.parts:
        best: dict[str, Proposal] = {}
        for (requirement, measure), rows in bands.items():
            value = MEASURES[measure].of(part)
            if value is None:
                continue
            shown = float(digits(value))  # what is said and what is compared must be one number
            reached = [row for row in rows if shown >= row.at_least]
            above = rows[len(reached) : len(reached) + 1]
            if not reached or (measure == "run" and above and summary.seconds < above[0].at_least):
                continue
            level = reached[-1].level
            if requirement not in best or level > best[requirement].level:
                best[requirement] = Proposal(requirement, level, MEASURES[measure].say(shown))
        found[part.id] = tuple(best[requirement] for requirement in knowledge.requirements if requirement in best)
    return found


def digits(value: float) -> str:
    """Write a number of 0 or more in three digits, without an exponent: ``0.0123``, ``1230000``.

    Examples
    --------
    >>> digits(0.000123456), digits(1234567), digits(60)
    ('0.000123', '1230000', '60')
    """
    return f"{Decimal(f'{value:.3g}'):f}"
