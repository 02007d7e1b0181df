"""What sets two decisions apart in words: whatever differs is told, and nothing else."""

from dataclasses import replace

import test_decision
from hypothesis import given, settings
from hypothesis import strategies as st
from systems import systems
from test_difference import levels

from decision_kit import Answer, Decision, Knowledge, difference, difference_wording, evaluate, knowledge

SHIPPED = knowledge.load()


def test_a_decision_beside_itself_says_the_same(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    found = difference.between(evaluation, evaluation)
    assert difference_wording.difference(found) == ["The two decisions say the same."]


def test_what_changed_is_told_in_words(small: Knowledge):
    one = Decision.from_answers("Old", {"order": 4, "scale": {"level": 1, "note": "a"}}, date="2026-11-25")
    other = replace(
        one.answer("order", level=0).answer("scale", note="b").answer("upkeep", level=[1, 2], must=True),
        name="New",
        deciders=("Platform team",),
    )
    told = difference_wording.difference(difference.between(evaluate(one, small), evaluate(other, small)))
    assert told[0] == "Verdict: Clear: orchestration. → Leaning towards choreography."
    assert "Order: level 4 → level 0" in told
    assert "Scale: the note is another." in told
    assert "Upkeep: not answered → levels 1 to 2, must-have" in told
    assert "Name: Old → New" in told
    assert "Deciders: empty → Platform team" in told


def test_a_note_that_comes_changes_or_goes_is_told_as_that(small: Knowledge):
    bare, noted, other = (Decision("Any", date="2026-11-25").answer("order", level=1, note=n) for n in ("", "a", "b"))
    for one, then, told in (
        (bare, noted, "a note is added"), (noted, other, "the note is another"), (noted, bare, "the note is removed")
    ):  # fmt: skip
        found = difference.between(evaluate(one, small), evaluate(then, small))
        assert difference_wording.difference(found) == [f"Order: {told}."]


def test_the_sources_that_bear_on_one_alone_are_named(small: Knowledge):
    one = Decision.from_answers("One", {"upkeep": 3}, date="2026-11-25")
    other = Decision.from_answers("One", {"order": 3}, date="2026-11-25")
    found = difference.between(evaluate(one, small), evaluate(other, small))
    assert difference_wording.difference(found)[-1] == "Only behind the second: 1 source (Third source)."


def test_of_many_sources_the_first_are_named_and_all_are_counted():
    one = Decision.from_answers("One", {"strict_ordering": 3}, date="2026-11-25")
    found = difference.between(evaluate(one), evaluate(replace(one, answers=())))
    (titles, _) = found.sources
    assert len(titles) > 4
    assert difference_wording.difference(found)[-1] == (
        f"Only behind the first: {len(titles)} sources ({'; '.join(titles[:3])}; and {len(titles) - 3} more)."
    )


def test_two_records_of_other_ratings_are_told_apart_by_what_they_were_computed_from(small: Knowledge):
    decision = Decision.from_answers("One", {"order": 4, "scale": 1}, date="2026-11-25")
    turned = replace(small, digest="another", ratings=tuple(replace(r, rating=-r.rating) for r in small.ratings))
    then, now = (evaluate(evaluate(decision, known).recorded().decision, small) for known in (small, turned))
    found = difference.between(then, now)
    assert not found.same
    (told,) = difference_wording.difference(found)
    assert told.startswith("Recorded under: knowledge ")
    assert "with other ratings in 5 of 6 cells" in told
    assert told.endswith("then the verdict was clear (orchestration) → clear (choreography).")


# Those of the decision's tests answer what is not asked, and hold no system.
decisions = st.builds(
    replace,
    test_decision.decisions,
    answers=st.lists(
        st.builds(Answer, st.sampled_from(list(SHIPPED.requirements)), level=levels, must=st.booleans()),
        max_size=3,
        unique_by=lambda answer: answer.requirement,
    ).map(tuple),
    system=st.none() | systems(3),
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Decision, Decision]:
    """Draw a decision, and one that is another in one thing alone."""
    one, other = draw(decisions), draw(decisions)
    name = draw(st.sampled_from(["name", "context", "triggers", "deciders", "status", "answers", "system"]))
    return one, replace(one, **{name: getattr(other, name)})


@settings(max_examples=30)
@given(pairs())
def test_of_any_two_decisions_that_are_not_equal_at_least_one_change_is_told(two: tuple[Decision, Decision]):
    one, other = two
    told = difference_wording.changes(difference.between(evaluate(one), evaluate(other)))
    assert bool(told) == (one != other)
    assert all(told)


def test_that_answers_stand_in_another_order_is_told_too():
    one = Decision.from_answers("Orders", {"strict_ordering": 3, "throughput_scale": 1}, date="2026-11-26")
    other = replace(one, answers=one.answers[::-1])
    told = difference_wording.changes(difference.between(evaluate(one), evaluate(other)))
    assert told == ["Nothing but the order of the answers, or what a record keeps of its ratings."]


def test_a_system_that_was_added_changed_or_taken_away_is_told(rides: Decision):
    def told(one: Decision, other: Decision) -> list[str]:
        return difference_wording.changes(difference.between(evaluate(one), evaluate(other)))

    bare = replace(rides, system=None)
    assert told(bare, rides) == [f"A system of {len(rides.system.parts)} parts was added."]
    assert told(rides, bare) == [f"A system of {len(rides.system.parts)} parts was taken away."]
    first, *others = rides.system.parts
    fewer = replace(rides.system, parts=tuple(others), links=(), without=("teams",))
    assert told(replace(rides, system=replace(rides.system, links=())), replace(rides, system=fewer)) == [
        f"Parts taken away: {first.name}.",
        "Rules switched off: none → teams",
    ]
    turned = replace(rides.system, parts=rides.system.parts[::-1])
    assert told(rides, replace(rides, system=turned)) == [
        "The parts or the links of the system stand in another order."
    ]


def test_long_texts_are_shown_from_where_they_part():
    one = Decision("Orders", context=f"{'x' * 120} and then pay", date="2026-11-26")
    told = difference_wording.changes(
        difference.between(evaluate(one), evaluate(replace(one, context=f"{one.context} it back")))
    )
    assert told == [f"Context: …{'x' * 7} and then pay → …{'x' * 7} and then pay it back"]
    spaced = replace(one, context=one.context.replace(" ", "\n"))
    told = difference_wording.changes(difference.between(evaluate(one), evaluate(spaced)))
    assert told == ["Context: the words are the same, spaces or lines are not."]
