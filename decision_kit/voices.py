"""The documented cases as a second voice beside the sources' ratings: the nearest to a decision, and both together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decision_kit import scoring
from decision_kit.cases import SILENT, Case
from decision_kit.decision import Answer, Decision, Level
from decision_kit.knowledge import TOP, Knowledge

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
            reasons = {a.requirement: (_is_reason(a), _is_reason(b)) for a, b in zip(stated, theirs, strict=True)}
            by = dict(zip(reasons, apart.tolist(), strict=True))
            unlike = [name for name, (ours, their) in reasons.items() if ours != their and by[name] > 1]
            found[case.owner] = Neighbour(
                case,
                distance,
                shared=tuple(name for name, both in reasons.items() if all(both)),
                apart=tuple(sorted(unlike, key=lambda name: -by[name])),
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
    """Take a side of the boundary, core or reactions, by itself: its own needs and those of the whole flow."""
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
    known : sequence of Case
        Only documented ones of the two models teach.
    silent : level
        What stands for a requirement that a source does not name.

    Returns
    -------
    Combined or None
        ``None`` unless there are just two models that are not made of others, and cases of both.
    """
    pure = scoring.pure(knowledge)
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
    both = combined(decision, knowledge, known)
    if first is None:
        return Teams(whole, sides, by_side=False, combined=both, agrees=None)
    made = knowledge.models[first]
    if not made.composed:
        return Teams(whole, sides, by_side=False, combined=both, agrees=whole.most == first)
    agrees = {name: found.most for name, found in sides.items()} == {"core": made.core, "reactions": made.reactions}
    return Teams(whole, sides, by_side=True, combined=both, agrees=agrees)


def _is_reason(answer: Answer) -> bool:
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
