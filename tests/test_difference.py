"""What sets two decisions apart: every answer and field that differs, and no other."""

from dataclasses import replace

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


def test_everything_that_sets_two_apart_is_given_as_plain_values(small: Knowledge):
    one = Decision.from_answers("Old", {"upkeep": [3, 4]}, date="2026-11-25")
    other = Decision.from_answers("New", {"order": 4, "scale": 3}, date="2026-11-25", deciders=("Ops", "Dev"))
    plain = {"scope": "whole", "must": False, "note": ""}
    assert difference.between(evaluate(one, small), evaluate(other, small)).to_dict() == {
        "same": False,
        "verdict": [{"kind": "not enough answers", "model": None}, {"kind": "clear", "model": "orchestration"}],
        # Ratings on upkeep 2 and 1 of 4; on order 4 and 0 with weight 8, on scale 1 and 3 with weight 4.
        "fit": {"orchestration": [2 / 4, 36 / 48], "choreography": [1 / 4, 12 / 48], "hybrid": [None, None]},
        "answers": {
            "order": [{"level": None, **plain}, {"level": 4, **plain}],
            "scale": [{"level": None, **plain}, {"level": 3, **plain}],
            "upkeep": [{"level": [3, 4], **plain}, {"level": None, **plain}],
        },
        "fields": {"name": ["Old", "New"], "deciders": [[], ["Ops", "Dev"]]},
        "recorded": [],
        "sources": [[], ["Third source"]],
        "line": [None, None],
    }


def test_what_two_records_were_computed_from_is_given_where_it_is_not_the_same(small: Knowledge):
    decision = Decision.from_answers("One", {"order": 4, "scale": 1}, date="2026-11-25")
    turned = replace(small, digest="another", ratings=tuple(replace(r, rating=-r.rating) for r in small.ratings))
    then, now = (evaluate(evaluate(decision, known).recorded().decision, small) for known in (small, turned))
    assert difference.between(then, now).to_dict()["recorded"] == [
        {"knowledge": small.name, "digest": small.digest, "verdict": "clear", "model": "orchestration"},
        {"knowledge": small.name, "digest": "another", "verdict": "clear", "model": "choreography"},
    ]
    assert difference.between(then, then).to_dict()["recorded"] == []
