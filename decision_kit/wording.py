"""The sentences about a result that screen, command, report and record share, in plain text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from decision_kit import merge, sensitivity
from decision_kit.backtest import Backtest
from decision_kit.basis import Basis
from decision_kit.cases import REASON, Case, Voice
from decision_kit.decision import NOT_SURE, Answer, Decision
from decision_kit.difference import Difference
from decision_kit.evaluation import CLEAR, CLOSE, LEANING, Evaluation, percent
from decision_kit.knowledge import Knowledge, Requirement
from decision_kit.merge import Clash
from decision_kit.scoring import Contribution, Failure
from decision_kit.sensitivity import FARTHEST, OpenQuestion, Reach

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
        f"Mind the lean: equal needs would put {models[ahead].title} {points(lead)} ahead of {models[behind].title}, "
        f"because more of the questions speak for it; a small lead of {models[ahead].title} may come from that."
    )


def confidence(evaluation: Evaluation) -> str:
    """Say in how many readings each model comes first."""
    shares, models = evaluation.confidence, evaluation.knowledge.models
    told = sorted(((share, model) for model, share in shares.first.items() if share > 0), key=lambda row: -row[0])
    first = [f"{models[model].title} in {percent(share)}" for share, model in told]
    ties = f"; {percent(shares.tie)} are ties" if shares.tie >= 0.005 else ""
    how = "exact" if shares.error is None else f"{shares.method}, standard error {shares.error:.2%}"
    return f"First in the readings of your answers: {listed(first)}{ties} ({how})."


def unweighted(evaluation: Evaluation) -> str:
    """Say what the answers give if all needs count the same, or any weight; empty where nothing is needed."""
    fits, shares, models = evaluation.unweighted, evaluation.any_weights, evaluation.knowledge.models
    if shares is None:
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
    return f"{same}{ahead}. Over all weightings there are, these come first: {listed(told + ties)} ({how})."


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


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: ``"1 source"``, ``"2 sources"``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def flips(evaluation: Evaluation, most: int = 3) -> list[str]:
    """Say what would change the verdict: the smallest sets of changed answers, and how many more there are."""
    found, knowledge = evaluation.flips, evaluation.knowledge
    if not evaluation.verdict.first or len(evaluation.verdict.first) > 1:
        return []
    first = knowledge.models[evaluation.verdict.first[0]].title
    if found.steps is None:
        return [f"No {FARTHEST} steps of your answers together would move {first} from the first place."]
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


def winners(knowledge: Knowledge, first: Iterable[str | None]) -> str:
    """Say how many of several cases each model wins."""
    counts = Counter(first)
    told = [
        f"{'a tie' if model is None else knowledge.models[model].title} in {number}"
        for model, number in counts.most_common()
    ]
    if len(counts) == 1:
        return f"At each of the {counts.total()} places the answer is the same: {told[0].rpartition(' in ')[0]}."
    return f"Over the {counts.total()} places: {listed(told)}."


def turning(evaluation: Evaluation, by_level: Mapping[str, Iterable[str | None]]) -> str:
    """Say which answers could turn the verdict by themselves."""
    first = evaluation.verdict.first
    if len(first) != 1:
        return "No model comes first alone."
    asked, model = evaluation.knowledge.requirements, evaluation.knowledge.models[first[0]].title
    turning = [asked[r].title for r, winners in by_level.items() if any(w not in (first[0], None) for w in winners)]
    if not turning:
        return f"No single answer could move {model} from the first place, whatever its level."
    return f"By itself, another level of {listed(turning)} would move {model} from the first place."


def reach(found: Reach, knowledge: Knowledge) -> str:
    """Warn of models that a folder of knowledge hardly ever puts first; empty if there is none."""
    rare = [
        f"{knowledge.models[model].title} ({share:.2%} of all answers)" for model, share in found.hardly_ever().items()
    ]
    if not rare:
        return ""
    return (
        f"Under the knowledge “{knowledge.name}” hardly any answers would put {listed(rare)} first, so a verdict "
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
        told.append(f"What teams did {agrees} what the sources' ratings put first, {first}.")
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
    """Say what a person changed from one decision to another: answers and fields, not what follows from them."""
    return _answers(found) + _fields(found)


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
            some = "; ".join(titles[:NAMED]) + (f"; and {len(titles) - NAMED} more" if len(titles) > NAMED else "")
            told.append(f"Only behind the {where}: {counted(len(titles), 'source')} ({some}).")
    return told


def _fields(found: Difference) -> list[str]:
    return [
        f"{name.replace('_', ' ').capitalize()}: {_value(before)} → {_value(after)}"
        for name, before, after in found.fields
    ]


def _value(value: object) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return " ".join(text.split())[:100] or "empty"


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
    models = evaluation.knowledge.models
    ends = {level: max(shares.first.items(), key=lambda row: row[1]) for level, shares in question.by_level.items()}
    low, high = min(ends), max(ends)
    if abs(question.rise) < 0.0005:
        rise = "leave the highest share as it is"
    else:
        rise = f"{'raise' if question.rise > 0 else 'lower'} the highest share by {points(abs(question.rise))}"
    told = [
        f"at level {end} {models[ends[end][0]].title} would come first in {percent(ends[end][1])}"
        for end in (low, high)
    ]
    return f"An answer is expected to {rise}: {listed(told)}."


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
