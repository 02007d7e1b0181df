"""What sets two decisions apart: every answer and field that differs, and no other."""

from hypothesis import given
from hypothesis import strategies as st

from decision_kit import Decision, Knowledge, difference, evaluate, knowledge

SHIPPED = knowledge.load()
levels = st.one_of(st.none(), st.integers(0, 4), st.just("not sure"), st.sampled_from([(0, 2), (3, 4)]))
answers = st.dictionaries(st.sampled_from(list(SHIPPED.requirements)), levels)


@given(answers, answers)
def test_the_answers_that_differ_are_those_and_no_others(one: dict[str, object], other: dict[str, object]):
    decisions = [Decision.from_answers("Same", given_, date="2026-11-25") for given_ in (one, other)]
    found = difference.between(*(evaluate(decision) for decision in decisions))
    differing = {r for r in SHIPPED.requirements if one.get(r) != other.get(r)}
    assert {here.requirement for here, _ in found.answers} == differing
    assert [(here.level, there.level) for here, there in found.answers] == [
        (one.get(here.requirement), other.get(here.requirement)) for here, _ in found.answers
    ]
    assert found.same == (not differing)


def test_a_decision_beside_itself_says_the_same(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    assert difference.between(evaluation, evaluation).same


def test_the_sources_that_bear_on_one_alone_are_found(small: Knowledge):
    one = Decision.from_answers("One", {"upkeep": 3}, date="2026-11-25")
    other = Decision.from_answers("One", {"order": 3}, date="2026-11-25")
    assert difference.between(evaluate(one, small), evaluate(other, small)).sources == ((), ("Third source",))
