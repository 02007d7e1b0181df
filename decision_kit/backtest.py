"""Score documented cases as if they were open decisions, and count how often each voice names what the team did.

No voice hears a case of the organisation it is asked about. Whatever file is judged, the cases that teach are those
of the knowledge, so that a file cannot teach the kit its own answers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from decision_kit import cases, confidence, scoring, voices
from decision_kit.cases import Case
from decision_kit.decision import Level
from decision_kit.knowledge import Knowledge

BLANKS = (0, 1, 2)
"""The single levels that a requirement not named is also read as, to see whether that decides the result."""


Named = tuple[Case, str | None, float]
"""A case, the model that a voice names for it, if any, and the probability that it gives the documented one."""


@dataclass(frozen=True)
class Result:
    """How often a voice named the documented one of two models.

    Attributes
    ----------
    right, of : int
        Cases named rightly (a tie names none), and cases judged.
    brier : float or None
        Mean squared error of the probability of the documented model (0 best, 0.25 for always one half); ``None``
        where nothing was judged.
    low, high : float
        Wilson's 95 % interval of the share of right ones (Wilson, J. Am. Stat. Assoc. 22, 1927).
    confusion : mapping of str to mapping of str to int
        For each documented model, how often each model was named (``"none"`` for a tie).
    """

    right: int
    of: int
    brier: float | None
    low: float
    high: float
    confusion: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Hybrids:
    """Cases whose core and reactions are coded: hybrids named so, and pure ones that were called a hybrid.

    Attributes
    ----------
    right, of : int
        Hybrid cases named a hybrid, and all hybrid cases with coded scopes.
    false_alarms, pure : int
        Pure cases with coded scopes that were called a hybrid, and all of them.
    """

    right: int
    of: int
    false_alarms: int
    pure: int


@dataclass(frozen=True)
class Backtest:
    """The result of :func:`run`.

    Attributes
    ----------
    experts, cases, combined, baseline : Result
        The sources' ratings alone, the nearest cases alone, both together, and the model that is the commonest
        among the cases of other organisations.
    calibration : mapping of str to (int, int)
        How often the combined reading was right, and of how many, by how sure it was.
    hybrid : Hybrids
    blanks : mapping of int to mapping of str to Result
        The same three voices with each requirement that is not named read as one level.
    skipped : mapping of str to str
        Cases judged in no way, with the reason.
    """

    experts: Result
    cases: Result
    combined: Result
    baseline: Result
    calibration: Mapping[str, tuple[int, int]]
    hybrid: Hybrids
    blanks: Mapping[int, Mapping[str, Result]]
    skipped: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, as ``decision-kit backtest --json`` prints it."""
        document = asdict(self)
        document["why_skipped"] = document["skipped"]
        document["skipped"] = list(self.skipped)
        return document


def run(asked: Sequence[Case], knowledge: Knowledge) -> Backtest:
    """Judge cases by each voice; those of the knowledge teach (see :func:`decision_kit.cases.of`)."""
    pure = scoring.pure(knowledge)
    skipped = {case.id: why for case in asked if (why := _why_not(case, pure))}
    plain = [case for case in asked if case.model in pure and case.id not in skipped]
    named = _voices(plain, knowledge)
    return Backtest(
        **{voice: judged(rows) for voice, rows in named.items()},
        calibration=_calibration(named["combined"]),
        hybrid=_hybrids([case for case in asked if case.scoped and case.standing == "documented"], knowledge),
        blanks={blank: _read_as(plain, knowledge, blank) for blank in BLANKS},
        skipped=skipped,
    )


def learning_curve(knowledge: Knowledge, sizes: Iterable[int], repeats: int = 5) -> dict[int, float]:
    """Say how the combined reading's error falls with the number of organisations that teach it.

    Each number of organisations in ``sizes`` is drawn ``repeats`` times, with a fixed seed.

    Returns
    -------
    dict of int to float
        Mean Brier score by number of organisations.
    """
    pure = scoring.pure(knowledge)
    known = [case for case in cases.of(knowledge) if case.standing == "documented" and case.model in pure]
    rng = np.random.default_rng(1)
    curve = {}
    for size in sizes:
        errors = []
        for _ in range(repeats):
            for case in known:
                others = sorted({other.owner for other in known} - {case.owner})
                drawn = set(rng.choice(others, min(size, len(others)), replace=False))
                taught = [other for other in known if other.owner in drawn]
                found = voices.combined(case.decision(knowledge), knowledge, taught)
                share = found.first[case.model] if found else 0.5
                errors.append((1 - share) ** 2)
        curve[size] = float(np.mean(errors))
    return curve


def _why_not(case: Case, pure: Sequence[str]) -> str:
    if case.standing != "documented":
        return "only reported, not documented"
    if not case.levels:
        return "its source names no requirement"
    if case.model not in pure and not case.scoped:
        return "a hybrid whose core and reactions are not both coded"
    return ""


def _voices(plain: Sequence[Case], knowledge: Knowledge, silent: Level = cases.SILENT) -> dict[str, list[Named]]:
    named: dict[str, list[Named]] = {"experts": [], "cases": [], "combined": [], "baseline": []}
    teachers = cases.of(knowledge)
    pure = scoring.pure(knowledge)

    def name(voice: str, case: Case, shares: Mapping[str, float]) -> None:
        named[voice].append((case, scoring.alone(shares), shares[case.model]))

    for case in plain:
        decision = replace(case.decision(knowledge, silent), core="", reactions="")  # two models, no boundary
        others = [other for other in teachers if other.owner != case.owner and other.model in pure]
        readings = confidence.readings(decision, knowledge)
        first = scoring.score(decision, knowledge).first
        named["experts"].append((case, first, readings.first[case.model] + readings.tie / len(pure)))
        near = voices.nearest(decision, knowledge, others, silent)[: voices.NEAREST]
        # One vote more, shared by the models, so that five of five is not certainty.
        votes = Counter(neighbour.case.model for neighbour in near)
        name("cases", case, {model: (votes[model] + 1 / len(pure)) / (len(near) + 1) for model in pure})
        found = voices.combined(decision, knowledge, others, silent)
        name("combined", case, found.first if found else dict.fromkeys(pure, 1 / len(pure)))
        votes = Counter(other.model for other in others if other.standing == "documented")
        name("baseline", case, {model: votes[model] / max(1, votes.total()) for model in pure})
    return named


def _read_as(plain: Sequence[Case], knowledge: Knowledge, blank: int) -> dict[str, Result]:
    named = _voices(plain, knowledge, blank)
    return {voice: judged(rows) for voice, rows in named.items() if voice != "baseline"}


def _calibration(rows: Sequence[Named]) -> dict[str, tuple[int, int]]:
    found = {}
    for low, high in ((0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
        sure = [
            share >= 0.5
            for _, _, share in rows
            if low <= max(share, 1 - share) < high or max(share, 1 - share) == high == 1
        ]
        found[f"{low:.0%} to {high:.0%}"] = (sum(sure), len(sure))
    return found


def judged(rows: Sequence[Named]) -> Result:
    """Count what a voice got right."""
    from scipy.stats import binomtest  # noqa: PLC0415 - takes a while to import

    right, of = sum(name == case.model for case, name, _ in rows), len(rows)
    confusion: dict[str, dict[str, int]] = {}
    for case, name, _ in rows:
        counts = confusion.setdefault(case.model, {})
        counts[name or "none"] = counts.get(name or "none", 0) + 1
    if not rows:
        return Result(right, of, None, 0.0, 1.0, confusion)
    wilson = binomtest(right, of).proportion_ci(method="wilson")
    brier = float(np.mean([(1 - share) ** 2 for _, _, share in rows]))
    return Result(right, of, brier, float(wilson.low), float(wilson.high), confusion)


def _hybrids(scoped: Sequence[Case], knowledge: Knowledge) -> Hybrids:
    composed = {model.id for model in knowledge.models.values() if model.composed}
    called: dict[bool, list[bool]] = {True: [], False: []}  # by whether a case is a hybrid, whether it is called one
    for case in scoped:
        first = scoring.score(case.decision(knowledge), knowledge).first
        called[case.model in composed].append(first in composed)
    return Hybrids(sum(called[True]), len(called[True]), false_alarms=sum(called[False]), pure=len(called[False]))
