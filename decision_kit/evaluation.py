"""Everything the kit says about one decision: the verdict with its rule, and what it rests on."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decision_kit import basis, confidence, plain, scoring
from decision_kit import knowledge as knowledge_folder
from decision_kit.basis import Basis
from decision_kit.confidence import Confidence
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.grammar import percent
from decision_kit.knowledge import TOP, Knowledge
from decision_kit.scoring import Contribution, Scores

if TYPE_CHECKING:  # imported where they are used: no verdict waits for them
    from decision_kit.boundaries.boundary import Line
    from decision_kit.boundaries.line_basis import LineBasis
    from decision_kit.boundaries.rules import Rules
    from decision_kit.cases import Case
    from decision_kit.sensitivity import Flips, OpenQuestion
    from decision_kit.voices import Teams

CLEAR = "clear"
LEANING = "leaning"
CLOSE = "too close to call"
NOT_ENOUGH = "not enough answers"


@dataclass(frozen=True)
class Verdict:
    """What is recommended, how firmly, and by which rule.

    Attributes
    ----------
    kind : str
        ``"clear"``, ``"leaning"``, ``"too close to call"`` or ``"not enough answers"``.
    model : str or None
        The recommended model; ``None`` where none is.
    rule : str
        The rule that gave the kind, with its figures.
    first : tuple of str
        The candidates with the highest fit, several if they tie; empty where nothing is needed.
    next : str or None
        The best of the others, to which the first is compared.
    """

    kind: str
    model: str | None
    rule: str
    first: tuple[str, ...]
    next: str | None

    @property
    def rivals(self) -> tuple[str, ...]:
        """The first and the next, each once."""
        return tuple(dict.fromkeys((*self.first, *filter(None, [self.next]))))


@dataclass(frozen=True)
class Boundary:
    """What drawing the boundary costs a model made of two, and what the same answers give without it.

    ``crossing`` is what crossing the boundary takes off the fit and ``two_planes`` what running two planes takes
    off, both as shares of the fit (0-1); ``without`` is the best model with no boundary (several if they tie) and
    ``gain`` the lead over it.
    """

    model: str
    crossing: Fraction
    two_planes: Fraction
    without: tuple[str, ...]
    gain: Fraction


@dataclass(frozen=True)
class Evaluation:
    """A decision evaluated under a knowledge; made by :func:`evaluate`.

    ``confidence`` shares the readings of the answers and of the sources among the models, ``missing`` lists the
    requirements not answered yet, ``contradictions`` the scopes that do not agree with the core and the reactions
    as named, and ``lean`` says which way equal needs lean, at which model's cost, and by how much of the fit.
    ``own_cases`` speak beside those of the knowledge, and ``rules`` stand in for its boundary rules where they are
    given.
    """

    decision: Decision
    knowledge: Knowledge
    scores: Scores
    verdict: Verdict
    confidence: Confidence
    boundary: Boundary | None
    missing: tuple[str, ...]
    contradictions: tuple[str, ...]
    lean: tuple[str, str, Fraction]
    own_cases: "tuple[Case, ...]" = ()
    rules: "Rules | None" = None

    @functools.cached_property
    def line(self) -> "Line | None":
        """Where the line runs through the decision's system; ``None`` where it has none."""
        if self.decision.system is None:
            return None
        from decision_kit.boundaries import boundary  # noqa: PLC0415 - scipy is not needed to score

        return boundary.draw(self.decision.system, self.knowledge, self.rules)

    @functools.cached_property
    def flips(self) -> "Flips":
        """The fewest steps that would make another model fit best."""
        from decision_kit import sensitivity  # noqa: PLC0415

        return sensitivity.flips(self.decision, self.knowledge)

    @functools.cached_property
    def open_questions(self) -> "tuple[OpenQuestion, ...]":
        """What each open question costs in confidence (takes up to a second where much is open)."""
        from decision_kit import sensitivity  # noqa: PLC0415

        return tuple(sensitivity.open_questions(self.decision, self.knowledge))

    @functools.cached_property
    def teams(self) -> "Teams | None":
        """What documented teams did in this situation; ``None`` where nothing is answered or no cases are known."""
        from decision_kit import cases, voices  # noqa: PLC0415

        known = (*cases.of(self.knowledge), *self.own_cases)
        return voices.teams(self.decision, self.knowledge, known, self.scores.first)

    @property
    def model(self) -> str | None:
        """The model that is decided for: the one that the deciders choose, else the recommended one."""
        return self.decision.chosen or self.verdict.model

    @property
    def compared(self) -> tuple[str, str] | None:
        """The model that is decided for, else the first, and the best of the others; ``None`` without such a pair."""
        one = self.decision.chosen or next(iter(self.verdict.rivals), None)
        other = next((model for model in self.verdict.rivals if model != one), None)
        return None if one is None or other is None or self.scores.fit.get(one) is None else (one, other)

    @property
    def _needs(self) -> list[Contribution]:
        return [contribution for contribution in self.scores.contributions if contribution.weight]

    @functools.cached_property
    def unweighted(self) -> Mapping[str, Fraction]:
        """The fit (0-1) of each candidate if every need above 0 counted the same; empty where nothing is needed."""
        needs = self._needs
        return {
            model: sum((need.ratings[model] for need in needs), Fraction(0)) / (TOP * len(needs))
            for model in self.scores.candidates
            if needs
        }

    @functools.cached_property
    def any_weights(self) -> Confidence | None:
        """How often each candidate comes first whatever the needs weigh; ``None`` where there is nothing to compare."""
        needs, models = self._needs, self.scores.candidates
        if not needs or len(models) == 1:
            return None
        shares = confidence.any_weights([[float(need.ratings[model]) for need in needs] for model in models])
        return replace(shares, first={model: shares.first[row] for row, model in enumerate(models)})

    @functools.cached_property
    def basis(self) -> Basis:
        """What a record of this result keeps, so that it can be had again to the last digit."""
        from importlib.metadata import version  # noqa: PLC0415 - a tenth of what the package takes to import

        line: LineBasis | None = None
        if self.line is not None:
            from decision_kit.boundaries import line_basis  # noqa: PLC0415 - few records hold a line

            line = line_basis.of(self.line)
        return Basis(
            **basis.numbers(self.knowledge),
            kit=version("decision-kit"),
            verdict=self.verdict.kind,
            model=self.verdict.model,
            fit=plain.values(self.scores.fit),
            first=dict(self.confidence.first),
            line=line,
        )

    def recorded(self, **changes: Any) -> "Evaluation":
        """Give this evaluation with the decision as a record keeps it: with its basis, and fields changed."""
        return replace(self, decision=replace(self.decision, basis=self.basis, **changes))

    def ranking(self) -> list[tuple[str, Fraction | None]]:
        """List all models with their fit: candidates first, best first, ties in the knowledge's order."""
        fit = self.scores.fit
        return sorted(
            fit.items(),
            key=lambda row: (row[1] is None, row[0] not in self.scores.candidates, -(row[1] or 0)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values, as ``decision-kit score --json`` prints it.

        Returns
        -------
        dict
            Fits and contributions are shares (0-1) as floats; the contributions' ``fit`` add up to the models'.
        """
        from decision_kit import sensitivity  # noqa: PLC0415

        scores, steps = self.scores, self.flips.steps
        best = sensitivity.ask_next(self.open_questions)
        failures = [(plain.some(f, "model", "requirement", "rating", "sources"), f.thin) for f in scores.failures]
        document = {
            "name": self.decision.name,
            "chosen": self.model,
            "verdict": self.verdict,
            "confidence": self.confidence,
            "unweighted": self.unweighted,
            "any_weights": self.any_weights,
            "fit": scores.fit,
            "eligible": scores.eligible,
            "lacking": {model: missing for model, missing in scores.lacking.items() if missing},
            "contributions": [
                plain.some(need.answer, "requirement", "level", "scope", "must")
                | plain.some(need, "weight", "sources", "fit")
                for need in scores.contributions
            ],
            "flips": [
                {
                    "changes": [plain.some(answer, "requirement", "level", "scope") for answer in flip.changes],
                    "steps": steps,
                    "model": flip.model,
                }
                for flip in self.flips.sets
            ],
            "ask_next": best.requirement if best else None,
            "teams": _teams(self.teams) if self.teams else None,
            "missing": self.missing,
            "must_haves_failed": [failure for failure, thin in failures if not thin],
            "must_haves_thin": [failure for failure, thin in failures if thin],
            "contradictions": self.contradictions,
            "boundary": plain.some(self.boundary, "crossing", "two_planes", "without", "gain")
            if self.boundary
            else None,
            "lean": dict(zip(("to", "from", "by"), self.lean, strict=True)),
            "line": self.line.to_dict() if self.line else None,
            "knowledge": plain.some(self.knowledge, "name", "digest"),
        }
        return {name: plain.values(value) for name, value in document.items()}


def evaluate(
    decision: Decision,
    knowledge: Knowledge | None = None,
    own_cases: "tuple[Case, ...]" = (),
    rules: "Rules | None" = None,
) -> Evaluation:
    """Evaluate a decision.

    Parameters
    ----------
    knowledge : Knowledge or None
        ``None`` for the knowledge shipped with the kit.
    own_cases : tuple of Case
        Cases that speak beside those of the knowledge.
    rules : Rules or None
        With which the line through the decision's system is drawn; ``None`` for those of the knowledge.

    Raises
    ------
    InputError
        If an answer, the choice or a part of the system names what the knowledge does not have.
    """
    knowledge = knowledge or knowledge_folder.load()
    if decision.chosen not in ("", *knowledge.models):
        raise InputError(f"chosen: {decision.chosen[:60]!r} is not a model; allowed are {', '.join(knowledge.models)}.")
    if decision.system is not None:
        try:
            decision.system.check(knowledge)
        except InputError as error:
            raise InputError(f"system, {error}") from None
    scores = scoring.score(decision, knowledge)
    shares = confidence.readings(decision, knowledge, scores.candidates)
    missing = tuple(r for r in knowledge.requirements if not decision.answer_to(r).given)
    return Evaluation(
        decision=decision,
        knowledge=knowledge,
        scores=scores,
        verdict=_verdict(scores, shares, knowledge),
        confidence=shares,
        boundary=_boundary(scores, knowledge),
        missing=missing,
        contradictions=tuple(_contradictions(scores, knowledge)),
        lean=scoring.lean(knowledge),
        # A decision that was made a case of is no evidence for itself.
        own_cases=tuple(case for case in own_cases if case.workflow != " ".join(decision.name.split())),
        rules=rules,
    )


def again(decision: Decision, knowledge: Knowledge) -> Evaluation:
    """Evaluate a recorded decision as it was when it was recorded, by its ``basis``.

    The knowledge gives the words, and numbers that the record does not keep.

    Raises
    ------
    InputError
        If the knowledge lacks what the record was computed with, or the decision is none of a record.
    """
    if decision.basis is None:
        raise InputError("does not say what it was computed from; only a record does.")
    line = decision.basis.line
    return evaluate(decision, decision.basis.under(knowledge), rules=line.under(knowledge) if line else None)


def evaluate_file(
    path: Path,
    knowledge: Knowledge | None = None,
    own_cases: "tuple[Case, ...]" = (),
    read: Callable[[Path], Decision] = Decision.open,
) -> Evaluation:
    """Open a decision file and :func:`evaluate` it; every mistake is told with the file it is in.

    ``read`` opens files that are not plain decisions.

    Raises
    ------
    InputError
        If the file is no decision, or names a requirement or a model that the knowledge does not have.
    """
    decision = read(path)
    try:
        return evaluate(decision, knowledge, own_cases)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _verdict(scores: Scores, shares: Confidence, knowledge: Knowledge) -> Verdict:
    titles = {model.id: model.title for model in knowledge.models.values()}
    fits = {model: fit for model, fit in scores.fit.items() if fit is not None}
    ranked = sorted((model for model in scores.candidates if model in fits), key=lambda model: -fits[model])
    first = tuple(model for model in ranked if fits[model] == fits[ranked[0]])
    runner_up = next(iter(ranked[1:]), None)

    def verdict(kind: str, rule: str) -> Verdict:
        return Verdict(kind, first[0] if kind in (CLEAR, LEANING) else None, rule, first, runner_up)

    stated = sum(contribution.answer.stated for contribution in scores.contributions)
    if stated < knowledge.enough:
        given = f"{stated} of {len(knowledge.requirements)} questions {'is' if stated == 1 else 'are'} answered with"
        return verdict(
            NOT_ENOUGH, f"{given} a level or a range of levels; a verdict needs at least {knowledge.enough}."
        )
    if not first:
        return verdict(
            NOT_ENOUGH, "Nothing is needed: no answer is above its lowest level, so nothing can be compared."
        )
    if len(first) > 1:
        return verdict(CLOSE, f"{' and '.join(titles[model] for model in first)} tie exactly.")
    if runner_up is None:
        ahead = [titles[model] for model, fit in fits.items() if fit > fits[first[0]]]
        if ahead:
            return verdict(LEANING, f"It alone fails no must-have, though {' and '.join(ahead)} fits the rest better.")
        return verdict(CLEAR, "It alone fails no must-have, and it fits best.")

    apart = [contribution.fit[first[0]] - contribution.fit[runner_up] for contribution in scores.contributions]
    pro, con = sum(lead for lead in apart if lead > 0), -sum(lead for lead in apart if lead < 0)
    clear, leaning = knowledge.number("clear_ratio"), knowledge.number("leaning_ratio")
    majority, share = knowledge.number("clear_share"), shares.first[first[0]]
    if con == 0:
        said = f"No answer speaks for {titles[runner_up]} rather than {titles[first[0]]}"
    else:
        weighed = f"weighs {float(pro / con):.1f} times what speaks against it"
        said = f"What speaks for {titles[first[0]]} rather than {titles[runner_up]} {weighed}"
    if pro >= clear * con and share >= majority:
        kind = CLEAR
    elif pro >= leaning * con and share == max(shares.first.values()):
        kind = LEANING
    else:
        kind = CLOSE
    said += f"; {titles[first[0]]} comes first in {percent(share)} of the readings"
    asks = f"Clear: {float(clear):g} times and {percent(majority)}; leaning: {float(leaning):g} times"
    return verdict(kind, f"{said}. ({asks} and the most readings.)")


def _boundary(scores: Scores, knowledge: Knowledge) -> Boundary | None:
    """Price the boundary of the first eligible model made of two."""
    fits = {model: fit for model in scores.eligible if (fit := scores.fit[model]) is not None}
    made = next((knowledge.models[model] for model in fits if knowledge.models[model].composed), None)
    if made is None:
        return None
    total = sum((c.weight for c in scores.contributions), Fraction(0))
    two_planes = Fraction(0)
    for contribution in scores.contributions:
        answer = contribution.answer
        if knowledge.requirements[answer.requirement].two_planes:
            core, reactions = (knowledge.mean_ratings[m, answer.requirement] for m in (made.core, made.reactions))
            one_plane = {"core": core, "reactions": reactions}.get(answer.scope, (core + reactions) / 2)
            two_planes += contribution.weight / total * (one_plane - min(core, reactions)) / TOP
    best = max(fits[model] for model in scoring.pure(knowledge))
    without = tuple(model for model in scoring.pure(knowledge) if fits[model] == best)
    crossing = knowledge.number("crossing_cost") / TOP  # on every need, so it does not depend on the weights
    return Boundary(made.id, crossing, two_planes, without, fits[made.id] - best)


def _contradictions(scores: Scores, knowledge: Knowledge) -> list[str]:
    """Point out needs that define one side of the boundary but are said to be of the other."""
    told = []
    for answer in (contribution.answer for contribution in scores.contributions):
        requirement = knowledge.requirements[answer.requirement]
        if answer.levels[-1] == 0 or answer.scope in ("whole", requirement.belongs_to) or not requirement.belongs_to:
            continue
        meant = "runs in order and is undone together" if requirement.belongs_to == "core" else "only listens"
        told.append(
            f"{requirement.title} is marked as a need of the {answer.scope} alone, but the {requirement.belongs_to} "
            f"is by definition what {meant}; check the scope or the boundary."
        )
    return told


def _teams(teams: "Teams") -> dict[str, Any]:
    return {
        "nearest": [
            plain.some(neighbour.case, "id", "organisation", "workflow", "model") | {"distance": neighbour.distance}
            for neighbour in teams.whole.nearest
        ],
        "shares": teams.whole.shares,
        "sides": {side: voice.shares for side, voice in teams.sides.items()},
        "agrees": teams.agrees,
        "combined": teams.combined,
    }
