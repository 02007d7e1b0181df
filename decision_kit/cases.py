"""Documented cases: what teams did, read and checked row by row.

A case is one named workflow of one organisation. A source names what was a reason, so a requirement that it is
silent about was at most welcome: its level is taken as one of ``SILENT``, unknown which, and never as 0.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from decision_kit import files, tables
from decision_kit.decision import Answer, Decision, Level
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Knowledge

SILENT = (0, 2)
"""The range of levels that a requirement has where a case's source does not name it."""


@dataclass(frozen=True)
class Case:
    """One documented workflow.

    Attributes
    ----------
    id, organisation, workflow, year, sector : str
    model : str
        Id of the model it uses.
    parent : str
        The organisation that this one belongs to, if it has cases of its own.
    standing : {"documented", "reported"}
        Whether its source documents it, or only reports what others are said to do; the latter has no voice.
    levels : mapping of str to int
        How strongly the source names each requirement, 0-4; what it does not name is left out.
    core, reactions : str
        Which steps run in order and are undone together, and who only listens; empty where the source is silent.
    core_needs, reactions_needs : tuple of str
        Requirements that are needs of the one side alone.
    scope_reason : str
        Why the scopes were coded so, or not at all.
    """

    id: str
    organisation: str
    workflow: str
    model: str
    levels: Mapping[str, int]
    parent: str = ""
    standing: str = "documented"
    anonymous: bool = False
    sector: str = ""
    year: str = ""
    hybrid_form: str = ""
    moved_from_model: str = ""
    moved_from: str = ""
    technology: str = ""
    reasons: str = ""
    core: str = ""
    reactions: str = ""
    core_needs: tuple[str, ...] = ()
    reactions_needs: tuple[str, ...] = ()
    scope_reason: str = ""
    outcome: str = ""
    summary: str = ""
    checked_by: tuple[str, ...] = ()
    found: str = ""
    source_title: str = ""
    source_url: str = ""
    source_type: str = ""
    publisher_interest: str = ""
    read_depth: str = ""
    coding_confidence: str = ""
    fit: str = ""

    @property
    def owner(self) -> str:
        """Name the organisation, or the one it belongs to, so that two spellings of it are one."""
        return " ".join((self.parent or self.organisation).casefold().split())

    @property
    def scoped(self) -> bool:
        """Whether both sides of a boundary are coded."""
        return bool(self.core and self.reactions)

    def decision(self, knowledge: Knowledge, silent: Level = SILENT) -> Decision:
        """Ask of the case what a decision is asked; ``silent`` is the level of what its source does not name."""
        sides = dict.fromkeys(self.core_needs, "core") | dict.fromkeys(self.reactions_needs, "reactions")
        return Decision(
            name=f"{self.organisation}: {self.workflow}",
            core=self.core if self.scoped else "",
            reactions=self.reactions if self.scoped else "",
            date="2000-01-01",
            answers=tuple(
                Answer(requirement, self.levels.get(requirement, silent), sides.get(requirement, "whole"))
                for requirement in knowledge.requirements
            ),
        )


def load(path: Path | str, knowledge: Knowledge) -> tuple[Case, ...]:
    """Read a file of cases and check every row of it.

    Parameters
    ----------
    path : pathlib.Path or str
        A CSV file with the columns ``id``, ``organisation``, ``workflow``, ``model`` and one for each requirement
        (0-4, or empty where the source is silent); the other fields of a :class:`Case` are read where they are.
    knowledge : Knowledge
        Whose models and requirements the file speaks of.

    Raises
    ------
    InputError
        If the file cannot be read, or a column, a cell or an id is missing or not allowed.
    """
    path = Path(path)
    asked = list(knowledge.requirements)
    models = list(knowledge.models)
    needed = {
        "id": tables.once(tables.identifier),
        "organisation": tables.filled,
        "workflow": tables.filled,
        "model": tables.one_of(models),
        **dict.fromkeys(asked, tables.maybe(tables.whole(0, TOP))),
    }
    others = [field.name for field in fields(Case) if field.name not in (*needed, "levels")]
    optional = dict.fromkeys(others, str) | {
        "standing": tables.one_of(("documented", "reported", "")),
        "anonymous": tables.one_of(("yes", "no", "")),
        "core_needs": tables.some_of(asked),
        "reactions_needs": tables.some_of(asked),
        "checked_by": lambda ids: tuple(ids.split()),
        "source_url": tables.address,
        "coding_confidence": tables.one_of(("high", "medium", "low", "")),
        "fit": tables.one_of(("workflow", "data_pipeline", "event_backbone", "")),
    }
    found = []
    for row in tables.rows(path, files.read_text(path), needed, optional):
        levels = {requirement: row.pop(requirement) for requirement in asked}
        row["levels"] = {requirement: level for requirement, level in levels.items() if level is not None}
        row["standing"] = row["standing"] or "documented"
        row["anonymous"] = row["anonymous"] == "yes"
        for requirement in {*row["core_needs"]} & {*row["reactions_needs"]}:
            raise InputError(f"{path}, case {row['id']}: {requirement} is a need of both sides; name it for one alone.")
        found.append(Case(**row))
    named = [case.id for case in found]
    for case in found:
        for other in case.checked_by:
            if other not in named:
                raise InputError(f"{path}, case {case.id}, column checked_by: no case has the id {other!r}.")
    return tuple(found)


def from_decision(decision: Decision, taken: Collection[str], organisation: str, model: str, outcome: str = "") -> Case:
    """Make a case, of an id not ``taken``, out of a decision that was carried out: by whom, as what, with what outcome.

    Answers of one level become the case's levels; a range and not sure stay unknown.
    """
    stem = re.sub(r"[^a-z0-9]+", "-", f"{organisation} {decision.name}".lower()).strip("-")[:60] or "case"
    names = (f"{stem}{'' if number == 1 else f'-{number}'}" for number in itertools.count(1))
    needs = {
        side: tuple(a.requirement for a in decision.answers if decision.scoped and a.scope == side and a.stated)
        for side in ("core", "reactions")
    }
    line = " ".join
    return Case(
        id=next(name for name in names if name not in taken),
        organisation=line(organisation.split()),
        workflow=line(decision.name.split()),
        model=model,
        levels={answer.requirement: answer.level for answer in decision.answers if isinstance(answer.level, int)},
        year=decision.date[:4],
        core=line(decision.core.split()),
        reactions=line(decision.reactions.split()),
        core_needs=needs["core"],
        reactions_needs=needs["reactions"],
        outcome=line(outcome.split()),
        summary=line(decision.context.split()),
        publisher_interest="own",
    )


def told(case: Case) -> str:
    """Give everything that is told of a case as one text in lower case, to look words up in."""
    texts = [getattr(case, field.name) for field in fields(Case) if field.name not in ("id", "levels")]
    return " ".join(text for text in texts if isinstance(text, str)).casefold()


def to_csv(known: Iterable[Case], knowledge: Knowledge) -> str:
    """Write cases as :func:`load` reads them."""
    names = [field.name for field in fields(Case) if field.name != "levels"]
    rows = []
    for case in known:
        values = {name: getattr(case, name) for name in names} | {"anonymous": "yes" if case.anonymous else "no"}
        cells = {name: " ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
        rows.append(cells | {requirement: case.levels.get(requirement, "") for requirement in knowledge.requirements})
    return tables.to_csv(rows, [*names, *knowledge.requirements])


@dataclass(frozen=True)
class Pair:
    """Two cases that teach more beside each other than alone."""

    id: str
    title: str
    cases: tuple[Case, Case]
    lesson: str


def pairs(knowledge: Knowledge) -> tuple[Pair, ...]:
    """Read the pairs of cases in a folder of knowledge; none if it has no ``pairs.csv``.

    Raises
    ------
    InputError
        If the file cannot be read, or a row does not name two cases.
    """
    path = knowledge.folder / "pairs.csv"
    if not path.is_file():
        return ()
    named = {case.id: case for case in of(knowledge)}
    columns = {"id": tables.identifier, "title": tables.filled, "cases": tables.some_of(named), "lesson": tables.filled}
    found = []
    for row in tables.rows(path, files.read_text(path), columns):
        if len(row["cases"]) != 2:
            raise InputError(f"{path}, pair {row['id']}, column cases: needs the ids of two cases.")
        one, other = (named[case] for case in row["cases"])
        found.append(Pair(row["id"], row["title"], (one, other), row["lesson"]))
    return tuple(found)


_KEPT: dict[tuple[object, ...], tuple[Case, ...]] = {}


def of(knowledge: Knowledge) -> tuple[Case, ...]:
    """Give the cases that lie in a folder of knowledge as ``cases.csv``; none if there is no such file."""
    path = knowledge.folder / "cases.csv"
    if not path.is_file():
        return ()
    key = (path, path.stat().st_mtime_ns, knowledge.digest)
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = load(path, knowledge)
    return _KEPT[key]
