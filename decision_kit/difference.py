"""What sets two decisions apart: answers, fields, fits, verdicts, and the sources behind them."""

from dataclasses import dataclass, fields
from typing import Any

from decision_kit import plain
from decision_kit.basis import Basis
from decision_kit.decision import Answer
from decision_kit.evaluation import Evaluation


@dataclass(frozen=True)
class Difference:
    """What sets one evaluation apart from another; made by :func:`between`.

    Attributes
    ----------
    answers : tuple of (Answer, Answer)
        Answers that are not the same in both, in the order of the knowledge.
    fields : tuple of (str, object, object)
        Fields of the decision, other than its answers, system and basis, that are not the same: name, value here,
        value there.
    sources : (tuple of str, tuple of str)
        Titles of the sources that bear on the one decision alone, and on the other alone.
    """

    one: Evaluation
    other: Evaluation
    answers: tuple[tuple[Answer, Answer], ...]
    fields: tuple[tuple[str, Any, Any], ...]
    sources: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def same(self) -> bool:
        """Whether the decisions say the same, so that all that follows from them is the same too."""
        systems = [evaluation.decision.system for evaluation in (self.one, self.other)]
        return not (self.answers or self.fields or any(self.sources) or self.recorded or systems[0] != systems[1])

    @property
    def recorded(self) -> tuple[Basis, Basis] | None:
        """What the two were recorded with, where both are records and the numbers were not the same."""
        bases = self.one.decision.basis, self.other.decision.basis
        if bases[0] is None or bases[1] is None or bases[0].digest == bases[1].digest:
            return None
        return bases[0], bases[1]

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, as ``decision-kit diff --json`` prints it.

        Returns
        -------
        dict
            Each list of two holds what is so in the one decision and in the other. Verdicts, fits (shares, 0-1) and
            lines (as ``decision-kit boundary --json`` prints them, ``None`` without a system) are always there; of
            answers, fields and sources only those that are not the same. ``recorded`` is empty unless both are
            records of other numbers.
        """
        both = self.one, self.other
        verdicts = [evaluation.verdict for evaluation in both]
        models = dict.fromkeys(model for evaluation in both for model in evaluation.scores.fit)
        fits = {model: [evaluation.scores.fit.get(model) for evaluation in both] for model in models}
        document = {
            "same": self.same,
            "verdict": [plain.some(verdict, "kind", "model") for verdict in verdicts],
            "fit": fits,
            "answers": {
                pair[0].requirement: [plain.some(answer, "level", "scope", "must", "note") for answer in pair]
                for pair in self.answers
            },
            "fields": {name: pair for name, *pair in self.fields},
            "recorded": [plain.some(basis, "knowledge", "digest", "verdict", "model") for basis in self.recorded or ()],
            "sources": self.sources,
            "line": [evaluation.line.to_dict() if evaluation.line else None for evaluation in both],
        }
        return {name: plain.values(value) for name, value in document.items()}


def between(one: Evaluation, other: Evaluation) -> Difference:
    """Find what sets two evaluations apart, under the same knowledge or under two."""
    first, second = one.decision, other.decision
    asked = dict.fromkeys((*one.knowledge.requirements, *other.knowledge.requirements))
    pairs = [(first.answer_to(requirement), second.answer_to(requirement)) for requirement in asked]
    names = [field.name for field in fields(first) if field.name not in ("answers", "system", "basis")]
    values = [(name, getattr(first, name), getattr(second, name)) for name in names]
    mine, theirs = _sources(one), _sources(other)
    return Difference(
        one=one,
        other=other,
        answers=tuple((a, b) for a, b in pairs if a != b),
        fields=tuple((name, a, b) for name, a, b in values if a != b),
        sources=(
            tuple(title for title in mine if title not in theirs),
            tuple(title for title in theirs if title not in mine),
        ),
    )


def _sources(evaluation: Evaluation) -> dict[str, None]:
    """Name the sources whose ratings bear on an evaluation, in the order of the knowledge's ratings."""
    known = evaluation.knowledge
    weighed = {need.answer.requirement for need in evaluation.scores.contributions if need.weight}
    return dict.fromkeys(known.sources[vote.source].title for vote in known.ratings if vote.requirement in weighed)
