"""Merging two changed copies of a decision: the same whoever is first, and nothing that somebody wrote is lost."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_decision import answers, decisions

from decision_kit import Answer, Decision, InputError, difference_wording, evaluate, knowledge
from decision_kit.merge import TEXTS, Merged, merge

BASE = Decision.from_answers(
    "Orders",
    {"strict_ordering": 2, "throughput_scale": {"level": 3, "note": "peak"}, "fault_isolation": 1},
    date="2026-11-25",
    deciders=("Checkout team", "Payments team"),
)

WRITTEN = [field.name for field in fields(Decision) if field.name in TEXTS]

# Copies that began as one share most of what they hold: an independent decision would never agree in anything.
changes = st.lists(
    st.tuples(st.sampled_from([f.name for f in fields(Decision) if f.name != "basis"]), decisions), max_size=3
)


@st.composite
def copies(draw: st.DrawFn) -> tuple[Decision, Decision, Decision]:
    """Draw a decision and two copies of it, each with some fields and some answers changed."""
    base = draw(decisions)

    def changed() -> Decision:
        copy = base
        for name, other in draw(changes):
            copy = replace(copy, **{name: getattr(other, name)})
        for answer in draw(st.lists(answers, max_size=3)):
            wanted = {f.name: getattr(answer, f.name) for f in fields(Answer) if f.name != "requirement"}
            known = [a.requirement for a in base.answers] or [answer.requirement]
            copy = copy.answer(draw(st.sampled_from([answer.requirement, *known])), **wanted)
        return copy

    return base, changed(), changed()


@given(copies())
def test_it_does_not_matter_whose_copy_is_named_first(three: tuple[Decision, Decision, Decision]):
    base, mine, theirs = three
    assert merge(base, mine, theirs) == merge(base, theirs, mine)


@given(copies())
def test_what_only_one_changed_is_taken_and_equal_copies_stay_as_they_are(three: tuple[Decision, Decision, Decision]):
    base, copy, _ = three
    assert merge(base, copy, copy) == merge(base, base, copy) == merge(base, copy, base) == Merged(copy)


@given(copies())
def test_merging_the_result_with_either_copy_again_keeps_every_text(three: tuple[Decision, Decision, Decision]):
    base, mine, theirs = three
    merged = merge(base, mine, theirs).decision
    again = merge(base, merged, theirs).decision
    for name in WRITTEN:
        assert getattr(merged, name) in getattr(again, name)


@given(copies())
def test_no_text_and_no_entry_that_somebody_wrote_is_lost(three: tuple[Decision, Decision, Decision]):
    base, mine, theirs = three
    merged = merge(base, mine, theirs).decision
    for copy in (mine, theirs):
        for name in WRITTEN:
            if getattr(copy, name) != getattr(base, name):
                assert getattr(copy, name) in getattr(merged, name)
        for answer in copy.answers:
            if answer.note != base.answer_to(answer.requirement).note:
                assert answer.note in merged.answer_to(answer.requirement).note
        for name in ("triggers", "deciders", "supersedes"):
            assert {*getattr(copy, name)} - {*getattr(base, name)} <= {*getattr(merged, name)}


@given(copies())
def test_a_merged_level_leaves_open_what_either_copy_says_now(three: tuple[Decision, Decision, Decision]):
    base, mine, theirs = three
    merged = merge(base, mine, theirs)
    clashed = {clash.requirement for clash in merged.clashes if clash.field == "level"}
    for answer in merged.decision.answers:
        before, one, other = (copy.answer_to(answer.requirement).level for copy in three)
        if answer.requirement in clashed:
            assert len({before, one, other}) == 3
            for level in {one, other} - {None}:
                assert {*Answer("any", level).levels} <= {*answer.levels}
        else:
            assert answer.level in (one, other)


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (3, 4, (3, 4)),
        (0, 4, (0, 4)),
        ((1, 3), 4, (1, 4)),
        ((0, 1), (3, 4), (0, 4)),
        ("not sure", 4, "not sure"),
        (None, 4, 4),
        (None, "not sure", "not sure"),
    ],
)
def test_two_levels_become_what_covers_both(one: object, other: object, kept: object):
    copies = BASE.answer("strict_ordering", level=one), BASE.answer("strict_ordering", level=other)
    assert merge(BASE, *copies).decision.answer_to("strict_ordering").level == kept


def test_changes_that_do_not_meet_are_both_there_and_nothing_clashes():
    mine = replace(BASE.answer("strict_ordering", level=4), context="Ours", deciders=("Payments team", "Ops team"))
    theirs = BASE.answer("strict_ordering", note="audit").answer("audit_visibility", level=3)
    theirs = replace(theirs, status="accepted", deciders=(*BASE.deciders, "Audit team"))
    merged = merge(BASE, mine, theirs)
    assert merged.clashes == ()
    assert merged.decision == replace(
        BASE.answer("strict_ordering", level=4, note="audit").answer("audit_visibility", level=3),
        context="Ours",
        status="accepted",
        deciders=("Payments team", "Audit team", "Ops team"),
    )


def test_what_clashed_is_told_in_sentences():
    mine = BASE.answer("strict_ordering", level=3, scope="core", note="a").answer("throughput_scale", note="peak: 9/s")
    theirs = BASE.answer("strict_ordering", level=4, scope="reactions", note="b").answer("throughput_scale", note="pea")
    mine = replace(mine, name="Orders A", context="First", status="accepted", review="2027-01-01")
    theirs = replace(theirs, name="Orders B", context="Second", status="rejected", review="2027-02-01")
    merged = merge(BASE, mine, theirs)
    assert [difference_wording.clash(clash, knowledge.load()) for clash in merged.clashes] == [
        "Name: both texts are kept.",
        "Context: both texts are kept.",
        "Status: accepted in one copy, rejected in the other; now proposed, as before, until you choose.",
        "Review: 2027-01-01 in one copy, 2027-02-01 in the other; now empty, as before, until you choose.",
        "Strict ordering: level 3 in one copy, level 4 in the other; now levels 3 to 4.",
        (
            "Strict ordering: a need of the core in one copy, a need of the reactions in the other; now a need of the "
            "whole flow."
        ),
        "Strict ordering: both notes are kept.",
        "Throughput and scale: both notes are kept.",
    ]
    assert merged.decision.name == "Orders A / Orders B"
    assert merged.decision.context == "First\n\nSecond"
    assert merged.decision.answer_to("throughput_scale").note == "peak: 9/s"


def test_an_answer_taken_out_of_one_copy_is_out_unless_the_other_changed_it():
    out = replace(BASE, answers=BASE.answers[1:])
    assert merge(BASE, out, BASE.answer("fault_isolation", level=2)).decision.answers == (
        BASE.answers[1],
        Answer("fault_isolation", 2),
    )
    kept = merge(BASE, out, BASE.answer("strict_ordering", note="why"))
    assert kept.decision.answer_to("strict_ordering") == Answer("strict_ordering", note="why")


def test_texts_too_long_to_be_kept_together_are_refused():
    copies = (replace(BASE, context=letter * 150_000) for letter in "ab")
    with pytest.raises(InputError, match="context: has 300,002 characters; at most 200,000 are allowed"):
        merge(BASE, *copies)


def test_a_merged_record_is_no_record_any_more_but_a_copy_that_alone_changed_stays_one():
    record = evaluate(BASE).recorded().decision
    mine, theirs = replace(record, context="a"), replace(record, core="b")
    assert merge(record, mine, theirs).decision.basis is None
    assert merge(record, mine, record).decision.basis == record.basis


def test_a_system_that_only_one_changed_is_taken_and_two_that_both_changed_are_not_merged(rides: Decision):
    moved = replace(rides, system=rides.system.change("notifications", model="orchestration"))
    noted = replace(rides, context="Read again.")
    assert merge(rides, moved, noted).decision.system == moved.system
    other = replace(rides, system=rides.system.change("pricing", note="Theirs."))
    for mine, theirs in ((moved, other), (other, moved)):
        with pytest.raises(InputError, match="Both changed the system behind the decision"):
            merge(rides, mine, theirs)
