"""The sentences about a result that screen, command, report and record share, in plain text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from decision_kit import merge, scoring, sensitivity
from decision_kit.backtest import Backtest
from decision_kit.basis import Basis
from decision_kit.cases import REASON, Case, Voice
from decision_kit.confidence import Confidence
from decision_kit.decision import NOT_SURE, Answer, Decision
from decision_kit.difference import Difference
from decision_kit.evaluation import CLEAR, CLOSE, LEANING, NOT_ENOUGH, Evaluation, percent
from decision_kit.knowledge import Knowledge, Requirement
from decision_kit.merge import Clash
from decision_kit.scoring import Contribution, Failure
from decision_kit.sensitivity import FARTHEST, OpenQuestion, Reach

if TYPE_CHECKING:  # what draws lines takes a while to import
    from decision_kit.boundaries.system import System

NAMED = 3
"""Most sources that are named where two decisions are told apart; all are counted."""

READING = "A reading takes one level for each question left open and one view of the sources for each rating."
"""What the share of readings is a share of."""

FEARS = {
    "found": "In one study, four faults between services took two to six times as long to find when choreographed "
    "as when orchestrated. The hours come from a secondary table, and the engineers knew which version they had.",
    "down": "Whether an outage of the orchestrator stops new work depends on the product: of four, one takes it in as "
    "always, one if it is buffered, two do not. Published incidents of engines lasted 5 to 26 hours and reached every "
    "flow they held; one with events and workflows combined lasted as long.",
}
"""What the pictures of measured hours show."""


def points(share: Fraction | float) -> str:
    """Write a difference of shares (0-1) in points with one decimal, such as ``"5.5 points"``."""
    return f"{float(share) * 100:.1f} points"


def listed(items: Iterable[str]) -> str:
    """Join items as a sentence does: ``"a and b"``, ``"a, b, and c"`` (titles hold an "and" themselves)."""
    *head, last = items
    return f"{', '.join(head)}{',' * (len(head) > 1)} and {last}" if head else last


def several(items: Sequence[str], most: int = 20) -> str:
    """Join items as a sentence does; of very many the rest is counted."""
    return listed([*items[:most], *([f"{len(items) - most:,} more"] if len(items) > most else [])])


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
    said += [f"need of the {answer.scope}"] if answer.scope != "whole" else []
    said += ["must-have"] if answer.must else []
    return ", ".join(said)


def headline(evaluation: Evaluation) -> str:
    """Say the verdict in one sentence."""
    verdict, models = evaluation.verdict, evaluation.knowledge.models
    if verdict.model is not None and verdict.kind == CLEAR:
        return f"Clear: {models[verdict.model].phrase}."
    if verdict.model is not None and verdict.kind == LEANING:
        return f"Leaning towards {models[verdict.model].phrase}."
    if verdict.kind == CLOSE:
        rivals = [*verdict.first, *([verdict.next] if verdict.next and verdict.next not in verdict.first else [])]
        return f"Too close to call between {listed(models[model].phrase for model in rivals)}."
    return "Not enough answers for a verdict."


def answered(evaluation: Evaluation) -> str:
    """Say how many questions are answered, and how many of these with not sure."""
    asked = len(evaluation.knowledge.requirements)
    unsure = sum(need.answer.level == NOT_SURE for need in evaluation.scores.contributions)
    said = f"{asked - len(evaluation.missing)} of {asked} answered"
    return f"{said}, {unsure} of them with “not sure”" if unsure else said


def still_open(evaluation: Evaluation) -> str:
    """Say what the questions not answered could do to a verdict; empty where there is none, or nothing is open."""
    open_, models = len(evaluation.missing), evaluation.knowledge.models
    if evaluation.verdict.model is None or not open_:
        return ""
    first, asked = models[evaluation.verdict.model].title, counted(len(evaluation.knowledge.requirements), "question")
    told = f"{open_} of {asked} are not answered: the fit leaves them out, and the readings let each have any level"
    them = "them"
    if open_ == 1:
        told = f"1 of {asked} is not answered: the fit leaves it out, and the readings let it have any level"
        them = "it"
    ahead = [models[model].title for model in sensitivity.overtaking(evaluation.decision, evaluation.knowledge)]
    if not ahead:
        return f"{told}. Whatever becomes of {them}, {first} still fits best."
    return f"{told}. Depending on {them}, {listed(ahead)} could still come to fit better than {first}."


def title(evaluation: Evaluation) -> str:
    """Name the decision as a record's title does."""
    return _title(evaluation.decision, evaluation.knowledge, evaluation.model)


def title_of(decision: Decision, knowledge: Knowledge) -> str:
    """Name a recorded decision as its record's title does."""
    return _title(decision, knowledge, decision.chosen or (decision.basis.model if decision.basis else None))


def _title(decision: Decision, knowledge: Knowledge, model: str | None) -> str:
    name = " ".join(decision.name.split())
    if model is None or model not in knowledge.models:
        return f"Decide how to coordinate {name}"
    return f"Coordinate {name} with {knowledge.models[model].phrase}"


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
    return f"Say why (because) you choose {chosen} where the kit says “{said}”; one sentence is enough."


def outcome(evaluation: Evaluation) -> str:
    """Say what is decided in one sentence: what the deciders choose where it is not what is recommended."""
    if not choice(evaluation):
        return headline(evaluation)
    return f"Chosen: {evaluation.knowledge.models[evaluation.decision.chosen].phrase}."


def opening(decision: Decision) -> str:
    """Begin the sentence that says the whole decision."""
    return f"In the context of {' '.join(decision.name.split())}"


def review(decision: Decision) -> str:
    """Say when the decision is looked at again; what triggers it follows as a list."""
    if decision.review and decision.triggers:
        return f"It is reviewed on {decision.review}, and before that day when:"
    if decision.review:
        return f"It is reviewed on {decision.review}."
    return "It is reviewed when:" if decision.triggers else "It is reviewed when one of the answers changes."


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
    """Say in how many readings each model comes first, and where that is not the model that fits best."""
    shares, models = evaluation.confidence, evaluation.knowledge.models
    told = sorted(((share, model) for model, share in shares.first.items() if share > 0), key=lambda row: -row[0])
    first = [f"{models[model].title} in {percent(share)}" for share, model in told]
    ties = f"; {percent(shares.tie)} are ties" if shares.tie >= 0.005 else ""
    how = "exact" if shares.error is None else f"{shares.method}, standard error {shares.error:.2%}"
    said = [f"First in the readings of your answers: {listed(first)}{ties} ({how}).", *_apart(evaluation)]
    return " ".join(said)


def _apart(evaluation: Evaluation) -> Iterable[str]:
    """Say where fit and readings point to different models, and why a model made of two may come first in few."""
    verdict, fit, shares = evaluation.verdict, evaluation.scores.fit, evaluation.confidence.first
    models, candidates = evaluation.knowledge.models, evaluation.scores.candidates
    if verdict.kind == NOT_ENOUGH:
        return

    def against(model: str, other: str) -> tuple[str, str]:
        fits = f"{percent(fit[model] or 0)} against {percent(fit[other] or 0)}"
        return fits, f"{percent(shares[model])} against {percent(shares[other])}"

    top = max(candidates, key=lambda model: shares[model])
    made = next((model for model in candidates if models[model].composed), None)
    if len(verdict.first) == 1 and shares[top] > shares[verdict.first[0]] and verdict.first[0] != made:
        fits, first = against(verdict.first[0], top)
        why = "the fit takes the mean of the sources' ratings, a reading takes one view for each"
        if evaluation.missing:
            why = "the fit leaves out what is not answered, a reading takes a level for each of those questions too"
        yield (
            f"{models[verdict.first[0]].title} fits best ({fits}), yet {models[top].title} comes first in more "
            f"readings ({first}): {why}."
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
    """Say what the answers give if all needs count the same, or any weight; empty where they are too few."""
    fits, shares, models = evaluation.unweighted, evaluation.any_weights, evaluation.knowledge.models
    if shares is None or evaluation.verdict.kind == NOT_ENOUGH:
        return ""
    best = max(fits.values())
    first = listed(models[model].title for model, fit in fits.items() if fit == best)
    same = f"If every need counted the same, {first} would fit best ({percent(best)})"
    behind = sorted(((fit, model) for model, fit in fits.items() if fit != best), key=lambda row: -row[0])
    others = [f"{models[model].title} with {percent(fit)}" for fit, model in behind]
    often = sorted(shares.first.items(), key=lambda row: -row[1])
    told = [f"{models[model].title} in {percent(share)}" for model, share in often if share >= 0.005]
    ties = [f"ties in {percent(shares.tie)}"] if shares.tie >= 0.005 else []
    how = "exact" if shares.error is None else f"{shares.method}, standard error {shares.error:.2%}"
    ahead = f", ahead of {listed(others)}" if others else ""
    return f"{same}{ahead}. Over all weightings there are, these fit best: {listed(told + ties)} ({how})."


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


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: ``"1 source"``, ``"12,345 workflows"``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def more(told: Sequence[str], number: int) -> str:
    """Join the first of some, and count the others."""
    return "; ".join(told) + (f"; and {number - len(told):,} more" if number > len(told) else "")


def flips(evaluation: Evaluation, most: int = 3) -> list[str]:
    """Say what would change the verdict: the smallest sets of changed answers, and how many more there are."""
    if evaluation.verdict.kind == NOT_ENOUGH or len(evaluation.verdict.first) > 1:
        return []
    found, knowledge = evaluation.flips, evaluation.knowledge
    if found.steps is None:
        left_out = "; those not answered stay left out" if evaluation.missing else ""
        return [f"No {FARTHEST} steps of the answers given would make another model fit best{left_out}."]
    told = []
    for flip in found.sets[:most]:
        changes = [_change(answer, evaluation) for answer in flip.changes]
        told.append(f"If {listed(changes)}, {knowledge.models[flip.model].title} would fit best.")
    if found.count > most:
        told.append(f"{counted(found.count - most, 'more change')} of that size would do the same.")
    return told


def _change(answer: Answer, evaluation: Evaluation) -> str:
    requirement = evaluation.knowledge.requirements[answer.requirement]
    before = evaluation.decision.answer_to(answer.requirement)
    parts = []
    if answer.level != before.level:
        parts.append(f"at level {answer.level} instead of {before.level} (“{level(answer, requirement).rstrip('.')}”)")
    if answer.scope != before.scope and evaluation.decision.scoped:
        parts.append(f"a need of {_whose(answer.scope)}")
    return f"{requirement.title} were {listed(parts)}"


def _whose(scope: str) -> str:
    return "the whole flow" if scope == "whole" else f"the {scope}"


def ask_next(evaluation: Evaluation, found: Iterable[OpenQuestion]) -> str:
    """Say which open question is worth answering next; empty if none is."""
    best = sensitivity.ask_next(found)
    if best is None:
        return ""
    title = evaluation.knowledge.requirements[best.requirement].title
    return (
        f"Worth answering next: {title}; it is expected to raise the highest share of readings by {points(best.rise)}."
    )


def winners(knowledge: Knowledge, places: Sequence[tuple[str | None, Confidence]]) -> str:
    """Say at how many of several places each model fits best, and where another comes first in more readings."""
    counts = Counter(model for model, _ in places)
    told = [
        f"{'none alone' if model is None else knowledge.models[model].title} at {number}"
        for model, number in counts.most_common()
    ]
    said = f"What fits best at the {len(places)} places: {listed(told)}."
    apart = sum(shares.often not in (model, None) for model, shares in places if model)
    if apart:
        said += f" At {apart} of them another model comes first in more readings, which the place names too."
    return said


def turning(evaluation: Evaluation, by_level: Mapping[str, Sequence[str | None]]) -> str:
    """Say which answers could turn the verdict by themselves."""
    first = evaluation.verdict.first
    if evaluation.verdict.kind == NOT_ENOUGH:
        return "There is no verdict yet, so what would change it is not said."
    if len(first) != 1:
        return "No model fits best alone."
    asked, model = evaluation.knowledge.requirements, evaluation.knowledge.models[first[0]].title
    turning = [asked[r].title for r, winners in by_level.items() if any(w not in (first[0], None) for w in winners)]
    if not turning:
        ties = " or ties" if any(None in winners for winners in by_level.values()) else ""
        return f"Whatever the level of any one answer, {model} still fits best{ties}."
    return f"By itself, another level of {listed(turning)} would make another model fit best than {model}."


def reach(found: Reach, knowledge: Knowledge) -> str:
    """Warn of models that a folder of knowledge hardly ever lets fit best; empty if there is none."""
    rare = [
        f"{knowledge.models[model].title} ({share:.2%} of all answers)" for model, share in found.hardly_ever().items()
    ]
    if not rare:
        return ""
    return (
        f"Under the knowledge “{knowledge.name}” hardly any answers would let {listed(rare)} fit best, so a verdict "
        "against it may say more of these ratings than of the system."
    )


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


def reasons(evaluation: Evaluation, model: str, other: str) -> tuple[list[Contribution], list[Contribution]]:
    """List the contributions that speak for a model against another, and those that speak against it.

    Needs that both serve alike are in neither list, also where the crossing cost sets a model made of two apart:
    that is the price of the boundary, which :func:`boundary` says once.

    Returns
    -------
    (list of Contribution, list of Contribution)
        Each with the weightiest first.
    """
    cost = evaluation.knowledge.number("crossing_cost")
    models = evaluation.knowledge.models

    def served(contribution: Contribution, by: str) -> Fraction:
        return contribution.ratings[by] + (cost if models[by].composed else 0)

    def difference(contribution: Contribution) -> Fraction:
        return contribution.fit[model] - contribution.fit[other]

    apart = [c for c in evaluation.scores.contributions if served(c, model) != served(c, other)]
    ordered = sorted(apart, key=difference)
    return [c for c in reversed(ordered) if difference(c) > 0], [c for c in ordered if difference(c) < 0]


def crossing_alone(evaluation: Evaluation, model: str, other: str) -> Fraction:
    """Add up the lead of a model over another on needs that both serve alike but for the crossing cost (0-1)."""
    told = [c for side in reasons(evaluation, model, other) for c in side]
    rest = [c for c in evaluation.scores.contributions if c not in told]
    return sum((c.fit[model] - c.fit[other] for c in rest), Fraction(0))


def crossing(evaluation: Evaluation, model: str, other: str) -> str:
    """Say how much of the crossing cost is in no reason; empty where all of it is, or neither model is made of two."""
    alone, price = crossing_alone(evaluation, model, other), evaluation.boundary
    if not alone or price is None:
        return ""
    rest = " and the rest in the points above" if price.crossing > abs(alone) else ""
    title = evaluation.knowledge.models[price.model].title
    return (
        f"Of the {points(price.crossing)} that crossing the boundary costs {title} in all, {points(abs(alone))} lie on "
        f"needs that both serve alike{rest}."
    )


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


def statement(evaluation: Evaluation) -> str:
    """Say the whole decision in one sentence, as a Y-statement (Zdun et al., IEEE Software 30(6), 2013)."""
    decision, knowledge = evaluation.decision, evaluation.knowledge
    if evaluation.model is None:
        return f"{opening(decision)}, no model is recommended yet."
    titles = {r.id: r.title.lower() for r in knowledge.requirements.values()}
    strongest = sorted(evaluation.scores.contributions, key=lambda c: -c.weight)
    facing = [titles[c.answer.requirement] for c in strongest if c.weight > 0][:3]
    said = f"{opening(decision)}, facing the need for {listed(facing)}, we decided for "
    said += knowledge.models[evaluation.model].phrase
    if evaluation.compared is None:
        return said + "."
    gained, paid = reasons(evaluation, *evaluation.compared)
    said += f" and neglected {knowledge.models[evaluation.compared[1]].phrase}"
    if gained:
        said += f", to achieve {listed(titles[c.answer.requirement] for c in gained[:3])}"
    if paid:
        said += f", accepting that it does less for {listed(titles[c.answer.requirement] for c in paid[:3])}"
    elif evaluation.decision.scoped and knowledge.models[evaluation.model].composed:
        said += ", accepting the cost of a boundary"
    return said + "."


def teams(evaluation: Evaluation) -> list[str]:
    """Say what documented teams did, and whether that agrees with the ratings; empty where there are no cases."""
    found, models = evaluation.teams, evaluation.knowledge.models
    if found is None:
        return []
    if evaluation.verdict.kind == NOT_ENOUGH:
        return ["There is no verdict yet, so what the nearest teams chose is not counted: too little is answered."]

    def chose(voice: Voice) -> str:
        number = len(voice.nearest)
        told = sorted(((round(share * number), model) for model, share in voice.shares.items() if share), reverse=True)
        return listed(f"{count} of {number} chose {models[model].phrase}" for count, model in told)

    who = {
        "core": "organisations with the needs of your core",
        "reactions": "organisations with the needs of your reactions",
        "whole": "nearest organisations",
    }
    told = [f"Of the {who[part]}, {chose(voice)}." for part, voice in found.told.items()]
    if found.agrees is not None:
        agrees = "agrees with" if found.agrees else "does not agree with"
        first = models[evaluation.verdict.first[0]].phrase
        told.append(f"What teams did {agrees} what fits best by the sources' ratings, {first}.")
    if found.combined is not None:
        model, share = max(found.combined.first.items(), key=lambda row: row[1])
        boundary = " if there is no boundary" if found.by_side else ""
        told.append(
            f"Read together, ratings and cases give {models[model].phrase} {percent(share)}{boundary} (logistic "
            f"regression that expects what the ratings say, learned from {found.combined.cases} cases of "
            f"{found.combined.organisations} organisations)."
        )
    return told


def backtest(result: Backtest) -> str:
    """Say in one sentence how far each voice can be trusted."""
    told = [("the sources' ratings alone", result.experts), ("the nearest cases alone", result.cases)]
    told += [("both together", result.combined)]
    right = [f"{name} name {found.right}" for name, found in told]
    return (
        f"Of {counted(result.combined.of, 'case')} with one model, {listed(right)} as documented; always naming the "
        f"commonest model would get {result.baseline.right}."
    )


def calibration(result: Backtest) -> str:
    """Say how often the combined reading is right, by how sure it is."""
    told = [
        f"{right} of {of} where the leading model has {sure.replace('%', ' %')}"
        for sure, (right, of) in result.calibration.items()
        if of
    ]
    return f"Both voices together are right in {listed(told)}." if told else ""


def hybrids(result: Backtest) -> str:
    """Say how many hybrids with coded scopes are named so, and how many others were called one."""
    found = result.hybrid
    return (
        f"Of {counted(found.of, 'hybrid case')} whose core and reactions are coded, {found.right} are named a hybrid; "
        f"of {counted(found.pure, 'case')} of one model with such scopes, {found.false_alarms} are wrongly called one."
    )


def named_needs(knowledge: Knowledge, shown: Sequence[Case], most: int = 3) -> list[str]:
    """Say which needs, named as a reason, set the cases of each model apart from the others; nothing for few cases."""

    def naming(cases: Sequence[Case], requirement: str) -> int:
        return sum(case.levels.get(requirement, 0) >= REASON for case in cases)

    told = []
    for model in knowledge.models.values():
        chose, others = ([case for case in shown if (case.model == model.id) == own] for own in (True, False))
        if min(len(chose), len(others)) > most:
            gaps = {r: naming(chose, r) / len(chose) - naming(others, r) / len(others) for r in knowledge.requirements}
            named = [
                f"{knowledge.requirements[r].title} ({naming(chose, r)} of {len(chose)} cases, {naming(others, r)} "
                f"of the {len(others)} others)"
                for r in sorted(gaps, key=lambda r: -gaps[r])[:most]
                if gaps[r] > 0
            ]
            told += [f"More often a reason for {model.phrase} than for the others: {listed(named)}."] if named else []
    return told


def moves(knowledge: Knowledge, moved: Iterable[Case]) -> str:
    """Count moves by where they came from and where they went."""
    models = knowledge.models
    counts = Counter((case.moved_from_model, case.model) for case in moved)
    told = [
        f"{number} from {models[before].phrase} to {models[after].phrase}"
        for (before, after), number in counts.most_common()
        if before in models and before != after
    ]
    stayed = sum(number for (before, after), number in counts.items() if before == after)
    others = sum(number for (before, _), number in counts.items() if before not in models)
    told += [f"{stayed} to another product of the same model"] if stayed else []
    told += [f"{others} from something else, such as a monolith or queues of their own"] if others else []
    return (
        f"{counts.total()} cases tell what was there before: {listed(told)}."
        if told
        else "No case tells what was before."
    )


def difference(found: Difference) -> list[str]:
    """Say what sets two decisions apart, the one before the arrow and the other behind it."""
    one, other = found.one, found.other
    if found.same:
        return ["The two decisions say the same."]
    told = verdicts(found)
    for model, made in other.knowledge.models.items():
        fits = [evaluation.scores.fit.get(model) for evaluation in (one, other)]
        if fits[0] != fits[1]:
            said = ["not compared" if fit is None else percent(fit) for fit in fits]
            told.append(f"Fit of {made.title}: {' → '.join(said)}")
    return told + _answers(found) + other_differences(found)


def verdicts(found: Difference) -> list[str]:
    """Say how the verdicts of two decisions differ, if they do."""
    said = [headline(found.one), headline(found.other)]
    return [f"Verdict: {' → '.join(said)}"] if said[0] != said[1] else []


def changes(found: Difference) -> list[str]:
    """Say what a person changed from one decision to another, not what follows; something for any two that differ."""
    one, other = found.one.decision, found.other.decision
    told = _answers(found) + _fields(found)
    if one.system != other.system:
        from decision_kit.boundaries import line_difference  # noqa: PLC0415 - few decisions hold a system

        told += line_difference.changes(one.system, other.system, found.other.knowledge)
    if not told and one != other:
        return ["Nothing but the order of the answers, or what a record keeps of its ratings."]
    return told


def _answers(found: Difference) -> list[str]:
    told = []
    for here, there in found.answers:
        known = (found.other.knowledge, found.one.knowledge)
        asked = next(each.requirements[here.requirement] for each in known if here.requirement in each.requirements)
        one, other = brief(here).split(", "), brief(there).split(", ")
        if one == other:
            told.append(f"{asked.title}: the note is another.")
            continue
        while one[-1] == other[-1]:  # what both say is left out
            one.pop()
            other.pop()
        told.append(f"{asked.title}: {', '.join(one)} → {', '.join(other)}")
    return told


def other_differences(found: Difference) -> list[str]:
    """Say what sets two decisions apart beside verdict, fits and answers: fields, records and sources."""
    told = _fields(found)
    if found.recorded:
        before, after = found.recorded
        moved = sum(before.cells.get(cell) != after.cells.get(cell) for cell in {**before.cells, **after.cells})
        told.append(
            f"Recorded under: {before.knowledge} {before.digest} → {after.knowledge} {after.digest}, with other "
            f"ratings in {moved} of {len(after.cells)} cells; then the verdict was {before.verdict} "
            f"({before.model or 'no model'}) → {after.verdict} ({after.model or 'no model'})."
        )
    for titles, where in zip(found.sources, ("first", "second"), strict=True):
        if titles:
            some = more(titles[:NAMED], len(titles))
            told.append(f"Only behind the {where}: {counted(len(titles), 'source')} ({some}).")
    return told


def _fields(found: Difference) -> list[str]:
    return [f"{name.replace('_', ' ').capitalize()}: {_changed(before, after)}" for name, before, after in found.fields]


def _changed(before: object, after: object) -> str:
    """Show two values beside each other, long ones from shortly before the place where they part."""
    one, other = _text(before), _text(after)
    if one == other:
        return "the words are the same, spaces or lines are not."
    letters = enumerate(zip(one, other, strict=False))
    cut = next((at for at, (a, b) in letters if a != b), min(len(one), len(other))) - 20
    if cut > 0 and one[:100] == other[:100]:
        one, other = (f"…{text[cut:]}" for text in (one, other))
    return f"{one[:100] or 'empty'} → {other[:100] or 'empty'}"


def _value(value: object) -> str:
    return _text(value)[:100] or "empty"


def _text(value: object) -> str:
    return " ".join((", ".join(value) if isinstance(value, tuple) else str(value)).split())


def clash(found: Clash, knowledge: Knowledge) -> str:
    """Say what two copies of a decision changed each in its own way, and what became of it."""
    asked = knowledge.requirements.get(found.requirement)
    title = asked.title if asked else found.requirement or found.field.replace("_", " ").capitalize()
    if found.field in merge.TEXTS:
        return f"{title}: both {'notes' if found.field == 'note' else 'texts'} are kept."
    if found.field == "level":
        one, other, kept = (brief(Answer("any", level)) for level in (*found.values, found.kept))
    elif found.field == "scope":
        one, other, kept = (f"a need of {_whose(scope)}" for scope in (*found.values, found.kept))
    else:
        one, other, kept = map(_value, (*found.values, found.kept))
    before = "" if found.requirement else ", as before, until you choose"
    return f"{title}: {one} in one copy, {other} in the other; now {kept}{before}."


def open_question(question: OpenQuestion, evaluation: Evaluation) -> str:
    """Say what one open question costs in confidence."""
    models, low, high = evaluation.knowledge.models, min(question.by_level), max(question.by_level)
    if abs(question.rise) < 0.0005:
        rise = "leave the highest share of readings as it is"
    else:
        rise = (
            f"{'raise' if question.rise > 0 else 'lower'} the highest share of readings by {points(abs(question.rise))}"
        )

    def told(level: int) -> str:
        model, share = max(question.by_level[level].first.items(), key=lambda row: row[1])
        answered = evaluation.decision.answer(question.requirement, level=level)
        best = scoring.score(answered, evaluation.knowledge).first
        fits = f" (though {models[best].title} would fit best)" if best not in (model, None) else ""
        return f"at level {level} {models[model].title} would come first in {percent(share)} of them{fits}"

    return f"An answer is expected to {rise}: {told(low)} and {told(high)}."


def moved_ratings(basis: Basis, now: Evaluation, most: int = 3) -> str:
    """Say which ratings a recorded decision rests on have changed since, the weightiest first."""
    models, asked = now.knowledge.models, now.knowledge.requirements
    weights = {need.answer.requirement: need.weight for need in now.scores.contributions if need.weight}
    moved = [
        (abs(after - before) * weights[requirement], model, requirement, before, after)
        for (model, requirement), (before, after) in basis.changed(now.knowledge).items()
        if requirement in weights and before is not None and after is not None
    ]
    if not moved:
        return "No rating behind it has changed; the weights or the settings have."
    moved.sort(key=lambda row: -row[0])
    told = [
        f"{asked[requirement].title} for {models[model].phrase} from {float(before):.1f} to {float(after):.1f}"
        for _, model, requirement, before, after in moved[:most]
    ]
    rest = f", and {len(moved) - most} more" if len(moved) > most else ""
    return f"Ratings that changed (0 to 4): {'; '.join(told)}{rest}."
