"""The sentences about documented cases: what teams did, how far to trust that, and what was measured."""

from collections import Counter
from collections.abc import Iterable, Sequence

from decision_kit.backtest import Backtest
from decision_kit.cases import Case
from decision_kit.evaluation import NOT_ENOUGH, Evaluation
from decision_kit.grammar import counted, listed, percent
from decision_kit.knowledge import Knowledge
from decision_kit.voices import REASON, Voice

FEARS = {
    "found": "In one study, four faults between services took two to six times as long to find when choreographed "
    "as when orchestrated. The hours come from a secondary table, and the engineers knew which version they had.",
    "down": "Whether an outage of the orchestrator stops new work depends on the product: of four, one takes it in as "
    "always, one if it is buffered, two do not. Published incidents of engines lasted 5 to 26 hours and reached every "
    "flow they held; one with events and workflows combined lasted as long.",
}
"""What the pictures of measured hours show."""


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
    return (
        f"Of {counted(result.combined.of, 'case')} with one model, the sources' ratings alone name "
        f"{result.experts.right}, the nearest cases alone name {result.cases.right}, and both together name "
        f"{result.combined.right} as documented; always naming the commonest model would get {result.baseline.right}."
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
    if not told:
        return "No case tells what was before."
    return f"{counts.total()} cases tell what was there before: {listed(told)}."
