"""Score a decision: how well each model fits, and what each answer contributes to that.

All arithmetic is in exact fractions, so that contributions add up to the fit and a tie is a tie.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from decision_kit.decision import Answer, Decision
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Knowledge


@dataclass(frozen=True)
class Contribution:
    """What one answer adds to the fit of each eligible model.

    Attributes
    ----------
    answer : Answer
        The answer; its scope is ``"whole"`` where scopes do not count.
    weight : fractions.Fraction
        Its weight: that of its level, or the mean over the levels it leaves open.
    ratings : mapping of str to fractions.Fraction
        Rating of each model on the requirement, 0-4, less the crossing cost for a model made of two.
    sources : mapping of str to int
        How many sources each rating rests on; for a model made of two the fewer.
    fit : mapping of str to fractions.Fraction
        The summand of each model's fit.
    """

    answer: Answer
    weight: Fraction
    ratings: Mapping[str, Fraction]
    sources: Mapping[str, int]
    fit: Mapping[str, Fraction]


@dataclass(frozen=True)
class Failure:
    """A model rated below the floor on a must-have; ``thin`` where too few sources say so to rule it out."""

    model: str
    requirement: str
    rating: Fraction
    sources: int
    thin: bool


@dataclass(frozen=True)
class Scores:
    """The scores of one decision; made by :func:`score`.

    Attributes
    ----------
    fit : mapping of str to fractions.Fraction or None
        Weighted mean rating of each model as a share of the best possible, 0-1 (a model made of two can be
        below 0 by the crossing cost); ``None`` for a model not eligible, or where nothing is needed.
    eligible : tuple of str
        The models that can be chosen.
    lacking : mapping of str to tuple of str
        For each model not eligible, what is missing, in sentences.
    contributions : tuple of Contribution
        One for each question answered, in the order of the knowledge.
    failures : tuple of Failure
        Must-haves that a model fails.
    candidates : tuple of str
        The eligible models that fail no must-have; all eligible ones if each fails one.
    """

    fit: Mapping[str, Fraction | None]
    eligible: tuple[str, ...]
    lacking: Mapping[str, tuple[str, ...]]
    contributions: tuple[Contribution, ...]
    failures: tuple[Failure, ...]
    candidates: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """The candidate that alone has the highest fit; ``None`` where several tie or nothing is needed."""
        return alone({model: fit for model in self.candidates if (fit := self.fit[model]) is not None})


def alone(values: Mapping[str, Fraction] | Mapping[str, float]) -> str | None:
    """Name what alone has the highest value; ``None`` where several share it or there is nothing."""
    highest = max(values.values(), default=None)
    best = [name for name, value in values.items() if value == highest]
    return best[0] if len(best) == 1 else None


def score(decision: Decision, knowledge: Knowledge) -> Scores:
    """Score a decision.

    The fit of model m is ``sum_r w_r q_mr / (4 sum_r w_r)`` with weights ``w`` and ratings ``q`` in 0-4, the
    additive value model (Keeney and Raiffa, Decisions with Multiple Objectives, 1976). A question not answered
    is left out; not sure and ranges count with their mean weight.

    Raises
    ------
    InputError
        If an answer names a requirement that the knowledge does not have.
    """
    answers = answered(decision, knowledge)
    lacking = {model.id: _lacking(decision, answers) for model in knowledge.models.values() if model.composed}
    eligible = tuple(model for model in knowledge.models if not lacking.get(model))

    weights = {answer.requirement: mean_weight(answer, knowledge) for answer in answers}
    total = TOP * sum(weights.values())
    contributions = []
    for answer in answers:
        cells = {model: cell(knowledge, model, answer.requirement, answer.scope) for model in eligible}
        weight = weights[answer.requirement]
        contributions.append(
            Contribution(
                answer=answer,
                weight=weight,
                ratings={model: rating for model, (rating, _) in cells.items()},
                sources={model: sources for model, (_, sources) in cells.items()},
                fit={model: weight * rating / total if total else Fraction(0) for model, (rating, _) in cells.items()},
            )
        )
    fit = {
        model: sum((c.fit[model] for c in contributions), Fraction(0)) if model in eligible and total else None
        for model in knowledge.models
    }
    failures = tuple(_failures(contributions, knowledge))
    failing = {failure.model for failure in failures if not failure.thin}
    candidates = tuple(model for model in eligible if model not in failing) or eligible
    return Scores(fit, eligible, lacking, tuple(contributions), failures, candidates)


def answered(decision: Decision, knowledge: Knowledge) -> tuple[Answer, ...]:
    """List the answers given, in the order of the knowledge, with scopes only where they count.

    Raises
    ------
    InputError
        If an answer names a requirement that the knowledge does not have.
    """
    for answer in decision.answers:
        if answer.requirement not in knowledge.requirements:
            raise InputError(
                f"answers: {answer.requirement[:60]!r} is not a requirement; allowed are "
                f"{', '.join(knowledge.requirements)}; a decision on other requirements needs its --knowledge."
            )
    given = (decision.answer_to(requirement) for requirement in knowledge.requirements)
    return tuple(
        answer if decision.scoped else Answer(answer.requirement, answer.level, "whole", answer.must, answer.note)
        for answer in given
        if answer.given
    )


def mean_weight(answer: Answer, knowledge: Knowledge) -> Fraction:
    """Average the weights of the levels an answer leaves open."""
    steps = knowledge.level_weights[answer.requirement]
    return sum((steps[level] for level in answer.levels), Fraction(0)) / len(answer.levels)


def cell(knowledge: Knowledge, model: str, requirement: str, scope: str) -> tuple[Fraction, int]:
    """Rate a model on a requirement.

    A model made of two rates as its core model on a need of the core, as its reactions model on a need of the
    reactions, as the mean of both on a need of the whole flow, and as the lower of the two on what two planes
    make worse; from each the crossing cost is taken.

    Returns
    -------
    (fractions.Fraction, int)
        The rating, 0-4 (less the crossing cost), and the number of sources it rests on.
    """
    made = knowledge.models[model]
    if not made.composed:
        return knowledge.mean_ratings[model, requirement], len(knowledge.votes[model, requirement])
    sides = {
        "core": cell(knowledge, made.core, requirement, "whole"),
        "reactions": cell(knowledge, made.reactions, requirement, "whole"),
    }
    if knowledge.requirements[requirement].two_planes:
        rating, sources = min(sides.values())
    elif scope in sides:
        rating, sources = sides[scope]
    else:
        rating = sum((rating for rating, _ in sides.values()), Fraction(0)) / 2
        sources = min(sources for _, sources in sides.values())
    return rating - knowledge.number("crossing_cost"), sources


def lean(knowledge: Knowledge) -> tuple[str, str, Fraction]:
    """Say which way equal needs lean: the fit of the pure models when every requirement has the same level.

    Returns
    -------
    (str, str, fractions.Fraction)
        The model ahead, the next one, and by how much of the fit (0-1).
    """
    weights = {requirement: steps[TOP] for requirement, steps in knowledge.level_weights.items()}
    fits = {
        model: sum((weight * knowledge.mean_ratings[model, r] for r, weight in weights.items()), Fraction(0))
        / (TOP * sum(weights.values()))
        for model in pure(knowledge)
    }
    ahead, behind = sorted(fits, key=lambda model: -fits[model])[:2]
    return ahead, behind, fits[ahead] - fits[behind]


def pure(knowledge: Knowledge) -> tuple[str, ...]:
    """Name the models that are not made of others."""
    return tuple(model.id for model in knowledge.models.values() if not model.composed)


def _lacking(decision: Decision, answers: Iterable[Answer]) -> tuple[str, ...]:
    """Say what a boundary needs that this decision does not give."""
    missing = []
    if not decision.core.strip():
        missing.append("name the core: the steps that must run in order and be undone together")
    if not decision.reactions.strip():
        missing.append("name the reactions: who only listens")
    if not missing:
        without = [scope for scope in ("core", "reactions") if not needed(answers, scope)]
        missing = [
            f"say of at least one need that it is of the {scope} alone (More, Who needs this?)" for scope in without
        ]
    return tuple(missing)


def needed(answers: Iterable[Answer], scope: str) -> bool:
    """Tell whether a side of the boundary has a stated need above 0 of its own."""
    return any(answer.scope == scope and answer.stated and answer.levels[-1] > 0 for answer in answers)


def fails(knowledge: Knowledge, answer: Answer, model: str, rating: Fraction, sources: int) -> bool:
    """Tell whether enough sources rate a model below the floor on a must-have."""
    if not answer.must or sources < knowledge.number("floor_sources"):
        return False
    return seen(knowledge, model, rating) < knowledge.number("floor")


def seen(knowledge: Knowledge, model: str, rating: Fraction) -> Fraction:
    """Give the rating as the sources see it: the crossing cost is a price and rules nothing out."""
    return rating + (knowledge.number("crossing_cost") if knowledge.models[model].composed else 0)


def _failures(contributions: Iterable[Contribution], knowledge: Knowledge) -> Iterable[Failure]:
    for contribution in contributions:
        answer = contribution.answer
        for model, rating in contribution.ratings.items() if answer.must else ():
            sources, as_seen = contribution.sources[model], seen(knowledge, model, rating)
            if as_seen < knowledge.number("floor"):
                thin = not fails(knowledge, answer, model, rating, sources)
                yield Failure(model, answer.requirement, as_seen, sources, thin)
