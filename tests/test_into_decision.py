"""A system put into a decision: the kit's own lists follow it, and what a person wrote stays."""

from dataclasses import replace

import pytest

from decision_kit import Decision, Knowledge
from decision_kit.boundaries import boundary, boundary_wording, into_decision
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import Part, System

BANK = System((Part("check", "Check identity", {"order": 4}), Part("post", "Post", {"scale": 4})))
SHOP = System((Part("order", "Order", {"order": 4}), Part("charge", "Charge", {"scale": 4})))


def filled() -> Decision:
    """Give a decision with the lists that the kit filled in from the bank."""
    return Decision("Loans", core="Check identity", reactions="Post", system=BANK)


def shop(small: Knowledge) -> Line:
    return boundary.draw(SHOP, small)


def test_lists_that_the_kit_filled_in_go_with_the_system_they_came_from(small: Knowledge):
    held, said = into_decision.put(shop(small), filled())
    assert held == replace(filled(), core="Order", reactions="Charge", system=SHOP)
    assert said == into_decision.RENEWED


@pytest.mark.parametrize("words", [{"core": "All that must be in order"}, {"reactions": ""}])
def test_what_a_person_wrote_of_core_or_reactions_stays_and_that_is_told(small: Knowledge, words: dict[str, str]):
    written = replace(filled(), **words)
    held, said = into_decision.put(shop(small), written)
    assert held == replace(written, system=SHOP)
    assert said == into_decision.STAY


def test_where_no_other_system_is_replaced_or_nothing_is_described_nothing_is_told(small: Knowledge):
    for before in (replace(filled(), system=None), replace(filled(), system=SHOP)):
        assert into_decision.put(shop(small), before) == (replace(before, system=SHOP), "")
    empty = Decision("Loans", system=BANK)
    assert into_decision.put(shop(small), empty) == (replace(empty, system=SHOP), "")


def test_lists_from_a_system_that_the_knowledge_does_not_know_stay(small: Knowledge):
    other = replace(filled(), system=System((Part("a", "Check identity", {"unheard_of": 4}),)))
    held, said = into_decision.put(shop(small), other)
    assert (held.core, held.reactions, said) == ("Check identity", "Post", into_decision.STAY)


def test_of_a_system_of_which_nothing_is_answered_no_part_is_listed(small: Knowledge):
    bare = boundary.draw(System((Part("a"), Part("b"))), small)
    assert boundary_wording.lists(bare) == ("", "")
