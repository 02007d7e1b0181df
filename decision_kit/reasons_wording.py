"""What speaks for one model against another, and what each rating rests on."""

from fractions import Fraction

from decision_kit import scoring
from decision_kit.evaluation import Evaluation
from decision_kit.grammar import counted, listed, points
from decision_kit.knowledge import Knowledge
from decision_kit.scoring import Contribution


def reasons(evaluation: Evaluation, model: str, other: str) -> tuple[list[Contribution], list[Contribution]]:
    """List the contributions that speak for a model against another, and those that speak against it.

    Needs that both serve alike are in neither list, also where the crossing cost sets a model made of two apart:
    that is the price of the boundary, which :func:`boundary` says once.

    Returns
    -------
    (list of Contribution, list of Contribution)
        Each with the weightiest first.
    """

    def difference(contribution: Contribution) -> Fraction:
        return contribution.fit[model] - contribution.fit[other]

    apart = [c for c in evaluation.scores.contributions if not _alike(c, evaluation.knowledge, model, other)]
    ordered = sorted(apart, key=difference)
    return [c for c in reversed(ordered) if difference(c) > 0], [c for c in ordered if difference(c) < 0]


def _alike(contribution: Contribution, knowledge: Knowledge, model: str, other: str) -> bool:
    one, two = (scoring.seen(knowledge, by, contribution.ratings[by]) for by in (model, other))
    return one == two


def crossing_alone(evaluation: Evaluation, model: str, other: str) -> Fraction:
    """Add up the lead of a model over another on needs that both serve alike but for the crossing cost (0-1)."""
    return sum((c.fit[model] - c.fit[other] for c in _served_alike(evaluation, model, other)), Fraction(0))


def _served_alike(evaluation: Evaluation, model: str, other: str) -> list[Contribution]:
    alike = [c for c in evaluation.scores.contributions if _alike(c, evaluation.knowledge, model, other)]
    return sorted((c for c in alike if c.fit[model] != c.fit[other]), key=lambda c: -c.weight)


def crossing(evaluation: Evaluation, model: str, other: str, *, named: bool = True) -> str:
    """Say how much of the crossing cost is in no reason; empty where all of it is, or neither model is made of two.

    The needs are not ``named`` where a table beside the sentence holds what each of them costs.
    """
    alone, price = crossing_alone(evaluation, model, other), evaluation.boundary
    if not alone or price is None:
        return ""
    rest = "; the rest is in the points of the other needs" if price.crossing > abs(alone) else ""
    asked = evaluation.knowledge.requirements
    each = [
        f"{asked[c.answer.requirement].title} {abs(float(c.fit[model] - c.fit[other])) * 100:.1f}"
        for c in _served_alike(evaluation, model, other)
    ]
    needs = f" ({listed(each)})" if named else ""
    title = evaluation.knowledge.models[price.model].title
    return (
        f"Of the {points(price.crossing)} that crossing the boundary costs {title} in all, {points(abs(alone))} lie on "
        f"needs that both serve alike{needs}{rest}."
    )


def lead(evaluation: Evaluation, model: str, other: str) -> str:
    """Say by how much one model fits better than another, which all reasons and the crossing add up to."""
    fit, title = evaluation.scores.fit, evaluation.knowledge.models[other].title
    by = (fit[model] or Fraction(0)) - (fit[other] or Fraction(0))
    if not by:
        return f"level with {title}"
    return f"{points(abs(by))} of fit {'ahead of' if by > 0 else 'behind'} {title}"


def rests_on(contribution: Contribution, model: str, knowledge: Knowledge) -> str:
    """Say how many sources a rating rests on and, of a model made of two, where it comes from."""
    made, told = knowledge.models[model], counted(contribution.sources[model], "source")
    if not made.composed:
        return told
    scope, sides = contribution.answer.scope, {"core": made.core, "reactions": made.reactions}
    said = f"that of {knowledge.models[sides[scope]].phrase}" if scope in sides else "the mean of the two"
    if knowledge.requirements[contribution.answer.requirement].two_planes:
        said = "the lower of the two, as two planes make this worse"
    return f"{told}; {said}, less the crossing cost"


def rating(contribution: Contribution, model: str) -> str:
    """Write a model's rating (0-4) on what a contribution needs, with one decimal."""
    return f"{float(contribution.ratings[model]):.1f}"
