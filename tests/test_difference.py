"""What sets two decisions apart: every answer and field that differs, no other, told in words."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from decision_kit import Decision, Knowledge, difference, evaluate, knowledge, wording

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
    found = difference.between(evaluation, evaluation)
    assert found.same
    assert wording.difference(found) == ["The two decisions say the same."]


def test_what_changed_is_told_in_words(small: Knowledge):
    one = Decision.from_answers("Old", {"order": 4, "scale": {"level": 1, "note": "a"}}, date="2026-11-25")
    other = replace(
        one.answer("order", level=0).answer("scale", note="b").answer("upkeep", level=[1, 2], must=True),
        name="New",
        deciders=("Platform team",),
    )
    told = wording.difference(difference.between(evaluate(one, small), evaluate(other, small)))
    assert told[0] == "Verdict: Clear: orchestration. → Leaning towards choreography."
    assert "Order: level 4 → level 0" in told
    assert "Scale: the note is another." in told
    assert "Upkeep: not answered → levels 1 to 2, must-have" in told
    assert "Name: Old → New" in told
    assert "Deciders: empty → Platform team" in told


def test_the_sources_that_bear_on_one_alone_are_named(small: Knowledge):
    one = Decision.from_answers("One", {"upkeep": 3}, date="2026-11-25")
    other = Decision.from_answers("One", {"order": 3}, date="2026-11-25")
    found = difference.between(evaluate(one, small), evaluate(other, small))
    assert found.sources == ((), ("Third source",))
    assert wording.difference(found)[-1] == "Only behind the second: 1 source (Third source)."


def test_of_many_sources_the_first_are_named_and_all_are_counted():
    one = Decision.from_answers("One", {"strict_ordering": 3}, date="2026-11-25")
    found = difference.between(evaluate(one), evaluate(replace(one, answers=())))
    (titles, _) = found.sources
    assert len(titles) > 4
    assert wording.difference(found)[-1] == (
        f"Only behind the first: {len(titles)} sources ({'; '.join(titles[:3])}; and {len(titles) - 3} more)."
    )


def test_two_records_of_other_ratings_are_told_apart_by_what_they_were_computed_from(small: Knowledge):
    decision = Decision.from_answers("One", {"order": 4, "scale": 1}, date="2026-11-25")
    turned = replace(small, digest="another", ratings=tuple(replace(r, rating=-r.rating) for r in small.ratings))
    then, now = (evaluate(evaluate(decision, known).recorded().decision, small) for known in (small, turned))
    found = difference.between(then, now)
    assert not found.same
    (told,) = wording.difference(found)
    assert told.startswith("Recorded under: knowledge ")
    assert "with other ratings in 5 of 6 cells" in told
    assert told.endswith("then the verdict was clear (orchestration) → clear (choreography).")
