"""The sentences about answers and verdict that screen, command, report and record share, in plain text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from decision_kit.confidence import Confidence
from decision_kit.decision import NOT_SURE, Answer
from decision_kit.evaluation import CLEAR, CLOSE, NOT_ENOUGH, Evaluation
from decision_kit.grammar import counted, listed, percent, points
from decision_kit.knowledge import Knowledge, Requirement
from decision_kit.scoring import Failure

if TYPE_CHECKING:  # what draws lines takes a while to import
    from decision_kit.boundaries.system import System

READING = "A reading takes one level for each question left open and one view of the sources for each rating."
"""What the share of readings is a share of."""


def level(answer: Answer, requirement: Requirement) -> str:
    """Say an answer in the words of its question."""
    if isinstance(answer.level, int):
        return requirement.levels[answer.level]
    if isinstance(answer.level, tuple):
        low, high = answer.level
        return f"Between “{requirement.levels[low].rstrip('.')}” and “{requirement.levels[high].rstrip('.')}”."
    return "Not sure." if answer.level == NOT_SURE else "Not answered."


def titles(requirements: Iterable[str], knowledge: Knowledge) -> str:
    """Name requirements within a sentence."""
    return listed(knowledge.requirements[requirement].title.lower() for requirement in requirements)


def brief(answer: Answer) -> str:
    """Say an answer in a few words: ``"level 3, need of the core, must-have"``."""
    if isinstance(answer.level, tuple):
        said = ["levels {} to {}".format(*answer.level)]
    else:
        said = [f"level {answer.level}" if answer.stated else "not sure" if answer.given else "not answered"]
    return ", ".join([*said, *marks(answer)])


def marks(answer: Answer) -> list[str]:
    """Say in a few words what marks an answer beside its level: ``["need of the core", "must-have"]``."""
    scope = [f"need of the {answer.scope}"] if answer.scope != "whole" else []
    return scope + (["must-have"] if answer.must else [])


def note(before: str, after: str) -> str:
    """Say in a few words how a note that changed did."""
    if not before:
        return "a note is added"
    return "the note is another" if after else "the note is removed"


def whose(scope: str) -> str:
    """Say within a sentence whose a need of this scope is."""
    return "the whole flow" if scope == "whole" else f"the {scope}"


def headline(evaluation: Evaluation) -> str:
    """Say the verdict in one sentence."""
    verdict, models = evaluation.verdict, evaluation.knowledge.models
    if verdict.model is not None:
        return f"{'Clear:' if verdict.kind == CLEAR else 'Leaning towards'} {models[verdict.model].phrase}."
    if verdict.kind == CLOSE:
        return f"Too close to call between {listed(models[model].phrase for model in verdict.rivals)}."
    return "Not enough answers for a verdict."


def answered(evaluation: Evaluation) -> str:
    """Say how many questions are answered, and how many of these with not sure."""
    asked = len(evaluation.knowledge.requirements)
    unsure = sum(need.answer.level == NOT_SURE for need in evaluation.scores.contributions)
    said = f"{asked - len(evaluation.missing)} of {asked} answered"
    return f"{said}, {unsure} of them with “not sure”" if unsure else said


def choice(evaluation: Evaluation) -> str:
    """Say what the deciders choose, where it is not what is recommended; empty where it is, or nothing is chosen."""
    chosen = evaluation.decision.chosen
    if chosen in ("", evaluation.verdict.model):
        return ""
    why = " ".join(evaluation.decision.because.split()) or "no reason is given."
    return f"The deciders choose {evaluation.knowledge.models[chosen].phrase} instead: {why}"


def ask_why(evaluation: Evaluation) -> str:
    """Ask for the reason of a choice that is not what is recommended; empty where one is given, or none is needed."""
    if not choice(evaluation) or evaluation.decision.because.strip():
        return ""
    chosen = evaluation.knowledge.models[evaluation.decision.chosen].phrase
    said = headline(evaluation).rstrip(".")
    return f"Say why you choose {chosen} where the kit says “{said}”; one sentence is enough."


def outcome(evaluation: Evaluation) -> str:
    """Say what is decided in one sentence: what the deciders choose where it is not what is recommended."""
    if not choice(evaluation):
        return headline(evaluation)
    return f"Chosen: {evaluation.knowledge.models[evaluation.decision.chosen].phrase}."


def lean(evaluation: Evaluation) -> str:
    """Say which way equal needs lean."""
    models = evaluation.knowledge.models
    ahead, behind, lead = evaluation.lean
    if lead == 0:
        return "If every need were equally strong, the models would tie."
    return (
        f"Mind the lean: in any system, equal needs would put {models[ahead].title} {points(lead)} ahead of "
        f"{models[behind].title}, because more of the questions speak for it; a small lead of "
        f"{models[ahead].title} may come from that."
    )


def confidence(evaluation: Evaluation) -> str:
    """Say how often each model comes first, and where that is not the one that fits best; empty without a verdict."""
    if evaluation.verdict.kind == NOT_ENOUGH:
        return ""
    shares, models = evaluation.confidence, evaluation.knowledge.models
    told = sorted(shares.first.items(), key=lambda row: -row[1])
    first = [f"{models[model].title} in {percent(share)}" for model, share in told if share > 0]
    ties = f"; {percent(shares.tie)} are ties" if shares.tie >= 0.005 else ""
    said = [f"First in the readings of your answers: {listed(first)}{ties} ({_how(shares)}).", *_apart(evaluation)]
    return " ".join(said)


def _how(shares: Confidence) -> str:
    return "exact" if shares.error is None else f"{shares.method}, standard error {shares.error:.2%}"


def _apart(evaluation: Evaluation) -> Iterable[str]:
    """Say where fit and readings point to different models, and why a model made of two may come first in few."""
    best, fit, shares = evaluation.scores.first, evaluation.scores.fit, evaluation.confidence.first
    models, candidates = evaluation.knowledge.models, evaluation.scores.candidates

    def against(model: str, other: str) -> tuple[str, str]:
        fits = f"{percent(fit[model] or 0)} against {percent(fit[other] or 0)}"
        return fits, f"{percent(shares[model])} against {percent(shares[other])}"

    top = max(candidates, key=lambda model: shares[model])
    made = next((model for model in candidates if models[model].composed), None)
    if best and shares[top] > shares[best] and best != made:
        fits, first = against(best, top)
        why = "the fit takes the mean of the sources' ratings, a reading takes one view for each"
        if evaluation.missing:
            why = "the fit leaves out what is not answered, a reading takes a level for each of those questions too"
        yield (
            f"{models[best].title} fits best ({fits}), yet {models[top].title} comes first in more readings "
            f"({first}): {why}."
        )
    beaten = [model for model in candidates if made and (fit[model] or 0) < (fit[made] or 0)]
    ahead = max(beaten, key=lambda model: shares[model], default=made)
    if made and ahead and shares[ahead] > shares[made]:
        fits, first = against(made, ahead)
        needs = [need for need in evaluation.scores.contributions if need.weight]
        whole = sum(need.answer.scope == "whole" for need in needs)
        between = [f"needs of the whole flow ({whole} of {len(needs)})"] if whole else []
        between += [f"open questions ({len(evaluation.missing)})"] if evaluation.missing else []
        why = f"{listed(between)} give it at most the mean of the two" if between else "its rating is never the best"
        scope = "; a need of the core or of the reactions alone would give it the rating of that side" if whole else ""
        yield (
            f"{models[made].title} fits better than {models[ahead].title} ({fits}) but comes first in fewer readings "
            f"({first}), as {why}, so that in most readings one of them is ahead{scope}."
        )


def unweighted(evaluation: Evaluation) -> str:
    """Say what the answers give if all needs count the same, or any weight; empty where they compare nothing."""
    fits, shares, models = evaluation.unweighted, evaluation.any_weights, evaluation.knowledge.models
    if shares is None or evaluation.verdict.kind == NOT_ENOUGH:
        return ""
    best = max(fits.values())
    first = listed(models[model].title for model, fit in fits.items() if fit == best)
    same = f"If every need counted the same, {first} would fit best ({percent(best)})"
    behind = sorted((model for model, fit in fits.items() if fit != best), key=lambda model: -fits[model])
    others = [f"{models[model].title} with {percent(fits[model])}" for model in behind]
    often = sorted(shares.first.items(), key=lambda row: -row[1])
    told = [f"{models[model].title} in {percent(share)}" for model, share in often if share >= 0.005]
    ties = [f"ties in {percent(shares.tie)}"] if shares.tie >= 0.005 else []
    ahead = f", ahead of {listed(others)}" if others else ""
    out = [models[model].title for model in evaluation.scores.eligible if model not in fits]
    left_out = f" Whatever the weights, a must-have rules out {listed(out)}." if out else ""
    return (
        f"{same}{ahead}. Over all weightings there are, these fit best: {listed(told + ties)} ({_how(shares)})."
        f"{left_out}"
    )


def boundary(evaluation: Evaluation) -> str:
    """Say what the boundary costs and what the same answers give without one; empty if there is none."""
    price = evaluation.boundary
    if price is None:
        return ""
    models = evaluation.knowledge.models
    without = listed(models[model].title for model in price.without)
    costs = f"Drawing the boundary costs {points(price.crossing)} of fit for crossing it"
    if price.two_planes:
        costs += f" and {points(price.two_planes)} for running two planes"
    lead = "ahead of" if price.gain > 0 else "level with" if price.gain == 0 else "behind"
    by = f"{points(abs(price.gain))} " if price.gain else ""
    title = models[price.model].title
    return f"{costs}; with that, {title} is {by}{lead} the best that the same answers give without one, {without}."


def lacking(evaluation: Evaluation) -> list[str]:
    """Say what a model that cannot be chosen still needs."""
    models = evaluation.knowledge.models
    return [
        f"{models[model].title} cannot be compared yet: {'; '.join(missing)}."
        for model, missing in evaluation.scores.lacking.items()
        if missing
    ]


def must_haves(evaluation: Evaluation, model: str | None = None) -> list[str]:
    """Say which must-haves are failed, by which model or this one, and where too few sources say so."""
    failures = evaluation.scores.failures
    return [_failure(failure, evaluation.knowledge) for failure in failures if model in (None, failure.model)]


def _failure(failure: Failure, knowledge: Knowledge) -> str:
    model = knowledge.models[failure.model].title
    requirement = knowledge.requirements[failure.requirement].title
    rated = f"{model} is rated {float(failure.rating):.1f} of 4 on the must-have {requirement}"
    if failure.thin:
        few = counted(failure.sources, "source")
        return f"{rated}, but by {few} only: too thin to rule it out; look into it yourself."
    return f"{rated}, below the floor of {float(knowledge.number('floor')):g} ({failure.sources} sources): it fails."


def system(held: "System") -> str:
    """Say which system a decision holds, and where it is told what comes of it."""
    size = f"{counted(len(held.parts), 'part')} and {counted(len(held.links), 'link')}"
    return f"This decision holds a system of {size}. Record and report say where the boundary runs through it."


def open_questions(evaluation: Evaluation) -> str:
    """Say what is not answered; empty if everything is."""
    missing = [evaluation.knowledge.requirements[r].title for r in evaluation.missing]
    unsure = [
        evaluation.knowledge.requirements[c.answer.requirement].title
        for c in evaluation.scores.contributions
        if c.answer.level == NOT_SURE
    ]
    told = []
    if missing:
        told.append(f"Not answered and left out of the fit: {listed(missing)}.")
    if unsure:
        told.append(f"Not sure, counted with the mean weight of all levels: {listed(unsure)}.")
    return " ".join(told)
