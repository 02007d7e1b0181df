"""Documented cases: what teams did, as a second voice beside what the sources' ratings say.

A case is one named workflow of one organisation. A source names what was a reason, so a requirement that it is
silent about was at most welcome: its level is taken as one of ``SILENT``, unknown which, and never as 0.
"""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from decision_kit import files, scoring, tables
from decision_kit.decision import Answer, Decision, Level
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Knowledge

SILENT = (0, 2)
"""The range of levels that a requirement has where a case's source does not name it."""
NEAREST = 5
"""How many organisations speak, each by its nearest case: as many as a person reads."""
REASON = 3
"""From this level on a need is a reason."""
STEEPNESS, SPREAD, SPREAD_OF_LEAN = 1.0, 2.0, 3.0
"""The prior of the combined reading, in log-odds: a need at its highest level is expected to speak by this much for
each step by which the sources rate one model above the other, give or take the spread; the spread of the constant."""

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


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
        """Ask of the case what a decision is asked.

        Parameters
        ----------
        knowledge : Knowledge
        silent : level
            What stands for a requirement that the source does not name.
        """
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
        "checked_by": str.split,
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
        row["checked_by"] = tuple(row["checked_by"])
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
    """Make a case out of a decision that was carried out.

    Parameters
    ----------
    decision : Decision
        Its answers of one level become the case's levels; a range and not sure stay unknown.
    taken : collection of str
        Ids that it must not have.
    organisation, model, outcome : str
        Who built it, what was built, and what came of it.
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


@dataclass(frozen=True)
class Neighbour:
    """A case near a decision.

    Attributes
    ----------
    case : Case
    distance : float
        Expected difference in levels, summed over the requirements that the decision answers.
    shared : tuple of str
        Requirements that are reasons in both.
    apart : tuple of str
        Requirements that are a reason in the one and not needed in the other, the farthest apart first.
    """

    case: Case
    distance: float
    shared: tuple[str, ...]
    apart: tuple[str, ...]


@dataclass(frozen=True)
class Voice:
    """What documented teams say of a decision.

    Attributes
    ----------
    nearest : tuple of Neighbour
        The nearest case of each of the ``NEAREST`` nearest organisations.
    shares : mapping of str to float
        The share of them (0-1) that chose each model.
    otherwise : tuple of Neighbour
        The nearest cases that chose another model than most of the nearest, at most two.
    """

    nearest: tuple[Neighbour, ...]
    shares: Mapping[str, float]
    otherwise: tuple[Neighbour, ...]

    @property
    def most(self) -> str | None:
        """The model that more of the nearest chose than any other."""
        return scoring.alone(self.shares)


def nearest(decision: Decision, knowledge: Knowledge, known: Iterable[Case], silent: Level = SILENT) -> list[Neighbour]:
    """Sort documented cases by their distance from a decision, only the nearest of each organisation.

    The distance is the expected difference of levels: an answer that leaves several levels open, and a requirement
    that a source is silent about, count with each of their levels. Questions not answered, or answered with not
    sure, do not count.

    Parameters
    ----------
    decision : Decision
    knowledge : Knowledge
    known : iterable of Case
        Reported ones are passed over.
    silent : level
        What stands for a requirement that a source does not name.

    Returns
    -------
    list of Neighbour
        The nearest first, equally near ones in the order of ``known``.
    """
    answers = [decision.answer_to(requirement) for requirement in knowledge.requirements]
    stated = [answer for answer in answers if answer.stated]
    steps = np.abs(np.subtract.outer(np.arange(TOP + 1), np.arange(TOP + 1)))
    here = np.array([_law(answer) for answer in stated]).reshape(-1, TOP + 1)
    found: dict[str, Neighbour] = {}
    for case in known:
        if case.standing != "documented":
            continue
        theirs = [Answer(answer.requirement, case.levels.get(answer.requirement, silent)) for answer in stated]
        there = np.array([_law(answer) for answer in theirs]).reshape(-1, TOP + 1)
        apart = np.einsum("ri,ij,rj->r", here, steps, there)
        distance = float(apart.sum())
        if case.owner not in found or distance < found[case.owner].distance:
            reasons = [(is_reason(ours), is_reason(their)) for ours, their in zip(stated, theirs, strict=True)]
            pairs = list(zip(stated, reasons, apart.tolist(), strict=True))
            far = sorted((pair for pair in pairs if pair[1][0] != pair[1][1] and pair[2] > 1), key=lambda p: -p[2])
            found[case.owner] = Neighbour(
                case,
                distance,
                tuple(answer.requirement for answer, both, _ in pairs if all(both)),
                tuple(answer.requirement for answer, _, _ in far),
            )
    return sorted(found.values(), key=lambda neighbour: neighbour.distance)


def voice(decision: Decision, knowledge: Knowledge, known: Sequence[Case]) -> Voice | None:
    """Ask the documented cases about a decision.

    Returns
    -------
    Voice or None
        ``None`` where no question has a level, or there are no cases.
    """
    near = nearest(decision, knowledge, known)
    if not near or not any(answer.stated for answer in decision.answers):
        return None
    closest = tuple(near[:NEAREST])
    counts = Counter(neighbour.case.model for neighbour in closest)
    most = max(counts.values())
    usual = {model for model, count in counts.items() if count == most}
    return Voice(
        nearest=closest,
        shares={model: counts[model] / len(closest) for model in knowledge.models},
        otherwise=tuple(neighbour for neighbour in near[: 2 * NEAREST] if neighbour.case.model not in usual)[:2],
    )


def side(decision: Decision, name: str) -> Decision:
    """Take one side of a boundary by itself: its own needs and those of the whole flow, with no boundary.

    Parameters
    ----------
    decision : Decision
    name : {"core", "reactions"}
    """
    answers = tuple(
        Answer(answer.requirement, answer.level if answer.scope in ("whole", name) else None, "whole", answer.must)
        for answer in decision.answers
    )
    return Decision(decision.name, date=decision.date, answers=answers)


@dataclass(frozen=True)
class Combined:
    """The combined reading of both voices for two models.

    Attributes
    ----------
    first : mapping of str to float
        Probability (0-1) of each of the two.
    cases, organisations : int
        How many it was learned from.
    """

    first: Mapping[str, float]
    cases: int
    organisations: int


def combined(
    decision: Decision, knowledge: Knowledge, known: Sequence[Case], silent: Level = SILENT
) -> Combined | None:
    """Read both voices together: the sources' ratings as what is expected, the cases as what was seen.

    A logistic regression of the model chosen on the levels of the requirements. Before any case is seen, the slope
    of a requirement is normal about the lead that the sources' mean ratings give the one model over the other (see
    ``STEEPNESS``), which is a Bayesian logistic regression with an informative prior (Gelman et al., Bayesian Data
    Analysis, 3rd ed., chapter 16); the slopes of highest posterior density are used. An answer that leaves several
    levels open counts with their mean, and so does a question not answered.

    Parameters
    ----------
    decision : Decision
    knowledge : Knowledge
    known : sequence of Case
        Only documented ones of the two models teach.
    silent : level
        What stands for a requirement that a source does not name.

    Returns
    -------
    Combined or None
        ``None`` unless there are just two models that are not made of others, and cases of both.
    """
    pure = [model.id for model in scoring.pure(knowledge)]
    taught = [case for case in known if case.standing == "documented" and case.model in pure]
    if len(pure) != 2 or len({case.model for case in taught}) != 2:
        return None
    one, other = pure
    slopes, spread = _slopes(
        np.array([_means(case.decision(knowledge, silent), knowledge) for case in taught]),
        np.array([case.model == one for case in taught], dtype=np.float64),
        np.array(
            [
                STEEPNESS * float(knowledge.mean_ratings[one, r] - knowledge.mean_ratings[other, r])
                for r in knowledge.requirements
            ]
        ),
    )
    asked = np.concatenate([[1.0], _means(decision, knowledge)])
    # The slopes are known only so well; where that matters the odds draw together (MacKay, Neural Computation 4, 1992).
    share = float(1 / (1 + np.exp(-(asked @ slopes) / np.sqrt(1 + np.pi / 8 * (asked @ spread @ asked)))))
    return Combined({one: share, other: 1 - share}, len(taught), len({case.owner for case in taught}))


@dataclass(frozen=True)
class Teams:
    """Everything that the documented cases say of a decision; made by :func:`teams`.

    Attributes
    ----------
    whole : Voice
        Of the decision as a whole.
    sides : mapping of str to Voice
        Of the core and of the reactions by themselves, where both are named and have needs.
    by_side : bool
        Whether the sides are what to tell, as the ratings put a model made of two first.
    combined : Combined or None
        Both voices together, as if there were no boundary.
    agrees : bool or None
        Whether most of the nearest teams chose what the ratings put first; for a model made of two, whether most of
        those near the core chose its one half and most of those near the reactions its other. ``None`` where the
        ratings put no model first.
    """

    whole: Voice
    sides: Mapping[str, Voice]
    by_side: bool
    combined: Combined | None
    agrees: bool | None

    @property
    def told(self) -> Mapping[str, Voice]:
        """The voices to tell: those of the sides, or that of the ``"whole"``."""
        return self.sides if self.by_side else {"whole": self.whole}


def teams(decision: Decision, knowledge: Knowledge, known: Sequence[Case], first: str | None) -> Teams | None:
    """Ask the documented cases about a decision and whether they agree with the model that the ratings put first.

    Parameters
    ----------
    decision : Decision
    knowledge : Knowledge
    known : sequence of Case
    first : str or None
        The model that the ratings put first.

    Returns
    -------
    Teams or None
        ``None`` where no question has a level, or there are no cases.
    """
    whole = voice(decision, knowledge, known)
    if whole is None:
        return None
    voices = {name: voice(side(decision, name), knowledge, known) for name in ("core", "reactions") if decision.scoped}
    sides = {name: found for name, found in voices.items() if found is not None}
    by_side = first is not None and knowledge.models[first].composed
    agrees: bool | None = None
    if first is not None and by_side:
        wanted = {"core": knowledge.models[first].core, "reactions": knowledge.models[first].reactions}
        agrees = all(name in sides and sides[name].most == model for name, model in wanted.items())
    elif first is not None:
        agrees = whole.most == first
    return Teams(whole, sides, by_side, combined(decision, knowledge, known), agrees)


def is_reason(answer: Answer) -> bool:
    """Tell whether an answer makes its requirement a reason: the middle of what it leaves open is high enough."""
    return answer.stated and sum(answer.levels) >= REASON * len(answer.levels)


def _law(answer: Answer) -> list[float]:
    levels = answer.levels
    return [(level in levels) / len(levels) for level in range(TOP + 1)]


def _means(decision: Decision, knowledge: Knowledge) -> "Floats":
    """Give the mean level of each requirement as a share of the highest."""
    levels = [decision.answer_to(requirement).levels for requirement in knowledge.requirements]
    return np.array([sum(each) / len(each) / TOP for each in levels])


def _slopes(levels: "Floats", chosen: "Floats", expected: "Floats") -> tuple["Floats", "Floats"]:
    """Find the constant and the slopes of highest posterior density by Newton's method, and their covariance there."""
    rows = np.column_stack([np.ones(len(levels)), levels])
    prior = np.concatenate([[0.0], expected])
    tight = 1 / np.concatenate([[SPREAD_OF_LEAN], np.full(len(expected), SPREAD)]) ** 2

    def density(slopes: "Floats") -> float:
        odds = rows @ slopes
        return float(chosen @ odds - np.logaddexp(0, odds).sum() - tight @ (slopes - prior) ** 2 / 2)

    def curvature(share: "Floats") -> "Floats":
        return np.asarray(rows.T * (share * (1 - share)) @ rows + np.diag(tight))

    slopes = prior.copy()
    for _ in range(50):
        share = 1 / (1 + np.exp(-rows @ slopes))
        uphill = rows.T @ (chosen - share) - tight * (slopes - prior)
        step = np.linalg.solve(curvature(share), uphill)
        while density(slopes + step) < density(slopes) and np.abs(step).max() > 1e-12:
            step /= 2
        slopes = slopes + step
        if np.abs(step).max() < 1e-10:
            break
    return slopes, np.asarray(np.linalg.inv(curvature(1 / (1 + np.exp(-rows @ slopes)))), dtype=np.float64)
