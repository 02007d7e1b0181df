"""Where the line runs: in systems worked by hand, in those shipped, and what never changes."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from conftest import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from systems import cheapest, kinds, parts, rates, systems, undone

from decision_kit import InputError, Knowledge, knowledge
from decision_kit.boundaries import boundary, rules, system
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import Link, Part, System

SHIPPED = knowledge.load()
PAY = Part("pay", "Payment", {"order": 4})
MAIL = Part("mail", "Mails", {"scale": 3})


def uber() -> System:
    return system.load(EXAMPLES / "uber-rides.parts.csv", EXAMPLES / "uber-rides.links.csv", SHIPPED)


def pair(*, calls: float | None = None, kind: str = "listening", **of_mail: object) -> System:
    return System((PAY, replace(MAIL, **of_mail)), (Link("pay", "mail", calls, kind),))


# -- worked by hand ------------------------------------------------------------------------------------------------


def test_a_pair_is_cut_where_that_is_cheaper_as_worked_by_hand(small: Knowledge):
    line = boundary.draw(pair(), small)
    assert line.assignment == {"pay": "orchestration", "mail": "choreography"}
    assert (line.cost, line.misfit, line.crossings) == (4 + 3, 4, 3)
    assert line.undivided == {"orchestration": 12, "choreography": 36}
    assert line.flips == {"pay": 36 - 7, "mail": 12 - 7}
    assert line.nearest == ("mail",)
    assert line.fit(line.cost) == 1 - Fraction(7, 4 * 12)
    assert [(side.part.id, side.misfit, side.pays) for side in line.parts] == [("pay", 0, 2), ("mail", 4, 1)]
    assert line.free == ()


def test_waiting_and_traffic_move_the_line(small: Knowledge):
    assert boundary.draw(pair(kind="awaited"), small).assignment["mail"] == "choreography"  # 4 + 6 against 12
    assert boundary.draw(pair(kind="awaited", calls=10), small).assignment["mail"] == "orchestration"  # 4 + 9
    assert boundary.draw(pair(kind="awaited", calls=10), small).crossed == ()


def test_what_only_a_rule_moves_is_told(small: Knowledge):
    moved = boundary.draw(pair(kind="awaited", calls=10), small)
    assert moved.moved_by_rules == ("mail",)
    without = boundary.draw(pair(kind="awaited", calls=10), small, rules.of(small).without(["waiting"]))
    assert (without.assignment["mail"], without.moved_by_rules) == ("choreography", ())


def test_a_part_fixed_by_hand_stays_and_the_price_of_that_is_told(small: Knowledge):
    line = boundary.draw(pair(model="orchestration"), small)
    assert line.assignment == {"pay": "orchestration", "mail": "orchestration"}
    assert (line.cost, line.flips["mail"]) == (12, 7 - 12)
    assert line.nearest == ("pay",)


def test_which_part_is_nearest_is_known_only_where_it_was_asked_of_all(small: Knowledge):
    assert boundary.draw(pair(), small, flips=["pay"]).nearest == ()
    assert boundary.draw(pair(model="orchestration"), small, flips=["pay"]).nearest == ("pay",)
    assert boundary.draw(pair(), small, flips=["pay", "mail"]).nearest == ("mail",)


def test_parts_fixed_against_each_other_pay_for_the_line(small: Knowledge):
    fixed = System((replace(PAY, model="choreography"), replace(MAIL, model="orchestration")), pair().links)
    line = boundary.draw(fixed, small)
    assert line.assignment == {"pay": "choreography", "mail": "orchestration"}
    assert (line.cost, line.crossings) == (32 + 12 + 3, 3)


def test_a_tie_is_told_with_the_parts_that_are_free(small: Knowledge):
    # order at level 2 and scale at level 3 within one part weigh 2 * (4 - 0) against 4 * (3 - 1)
    tied = System((Part("a", levels={"order": 2, "scale": 3}), PAY))
    line = boundary.draw(tied, small)
    assert line.free == ("a",)
    assert line.flips == {"a": 0, "pay": 32}
    assert line.to_dict()["unique"] is False
    assert line.assignment["a"] == "choreography"  # the smallest core


def test_the_links_that_cost_most_to_cut_are_told_with_ties(small: Knowledge):
    star = System(
        (PAY, MAIL, replace(MAIL, id="app"), replace(MAIL, id="feed", levels={"scale": 1})),
        (Link("feed", "pay"), Link("pay", "mail"), Link("pay", "app")),
    )
    line = boundary.draw(star, small)
    assert [(joint.link.end, joint.alone) for joint in line.dearest] == [("mail", 3), ("app", 3)]
    assert [joint.alone for joint in line.links] == [Fraction(8 + 1, 4), 3, 3]
    assert [joint.link.start for joint in line.crossed] == ["pay", "pay", "feed"]
    assert sum(side.pays for side in line.parts) + sum(joint.pays for joint in line.links) == line.crossings


def test_how_near_parts_are_is_told_of_all_up_to_a_number_and_of_any_that_are_named(small: Knowledge):
    many = System(tuple(replace(MAIL, id=str(at)) for at in range(boundary.ALL + 1)))
    assert boundary.draw(many, small).flips == {}
    assert boundary.draw(many, small, flips=["7"]).flips == {"7": 12 - 4}
    assert len(boundary.draw(System(many.parts[1:]), small).flips) == boundary.ALL
    with pytest.raises(InputError, match="no part has the id '501'; there are 0, 1, 2, 3, 4 and 496 more"):
        boundary.draw(many, small, flips=["501"])


# -- the systems shipped -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("without", [(), rules.RULES], ids=["rules", "no rules"])
def test_the_ride_flow_is_orchestrated_and_notifications_are_choreographed_as_the_article_tells(
    without: tuple[str, ...],
):
    line = boundary.draw(uber(), SHIPPED, rules.of(SHIPPED).without(without))
    core = {name for name, model in line.assignment.items() if model == "orchestration"}
    assert core >= {"ride", "dispatch", "payment", "pricing"}
    assert set(line.assignment) - core == {"notifications", "analytics", "receipts"}
    assert all(joint.link.kind == "listening" for joint in line.crossed)
    assert line.free == ()
    assert min(line.undivided.values()) > line.cost


def test_every_part_of_the_example_says_where_its_levels_come_from():
    for part in uber().parts:
        assert part.levels
        assert part.note.startswith(("Article:", "Our reading", "As coded for case"))
    for link in uber().links:
        assert link.note.startswith(("Article:", "Our reading:", "Case "))


# -- what never changes --------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(systems())
def test_the_line_is_the_cheapest_of_all_assignments(made: System):
    line = boundary.draw(made, SHIPPED)
    least, all_of_them = cheapest(line.energy)
    assert line.cost == Fraction(least, line.energy.scale) == line.misfit + line.crossings
    free = (all_of_them.all(axis=0) != all_of_them.any(axis=0)).nonzero()[0]
    assert line.free == tuple(made.parts[at].id for at in free)
    for name, flip in line.flips.items():
        if not made.part(name).model:
            assert (flip == 0) == (name in line.free)
            assert flip >= 0


@settings(max_examples=100)
@given(systems(), st.data())
def test_one_more_link_never_makes_a_system_cheaper(made: System, data: st.DataObject):
    two = replace(made, parts=(*made.parts, replace(data.draw(parts), id="new")))
    ends = data.draw(st.permutations([part.id for part in two.parts]))[:2]
    kind = data.draw(kinds)
    kept = tuple(link for link in two.links if (link.start, link.end, link.kind) != (*ends, kind))
    less = replace(two, links=kept)
    more = replace(two, links=(*kept, Link(*ends, data.draw(rates), kind, data.draw(undone))))
    assert boundary.draw(less, SHIPPED, flips=()).cost <= boundary.draw(more, SHIPPED, flips=()).cost


@settings(max_examples=100)
@given(systems(), st.randoms(use_true_random=False))
def test_other_names_and_another_order_change_nothing(made: System, random: object):
    names = {part.id: f"q{at}" for at, part in enumerate(made.parts)}
    others = [replace(part, id=names[part.id]) for part in made.parts]
    links = [replace(link, start=names[link.start], end=names[link.end]) for link in made.links]
    random.shuffle(others)
    random.shuffle(links)
    one, other = boundary.draw(made, SHIPPED), boundary.draw(System(tuple(others), tuple(links)), SHIPPED)
    assert other.assignment == {names[name]: model for name, model in one.assignment.items()}
    assert other.flips == {names[name]: flip for name, flip in one.flips.items()}
    assert (other.cost, other.misfit, other.crossings) == (one.cost, one.misfit, one.crossings)
    assert sorted(other.free) == sorted(names[name] for name in one.free)


@settings(max_examples=50)
@given(systems(4), systems(4))
def test_two_systems_side_by_side_cost_what_both_cost(one: System, other: System):
    apart = [replace(part, id=f"other-{part.id}") for part in other.parts]
    links = [replace(link, start=f"other-{link.start}", end=f"other-{link.end}") for link in other.links]
    both = boundary.draw(System((*one.parts, *apart), (*one.links, *links)), SHIPPED, flips=())
    assert both.cost == boundary.draw(one, SHIPPED, flips=()).cost + boundary.draw(other, SHIPPED, flips=()).cost


def test_a_thousand_parts_are_drawn_as_a_whole():
    rng = np.random.default_rng(1)
    needs = [{"strict_ordering": 4}, {"fanout_extensibility": 3, "throughput_scale": 3}]
    made = System(
        tuple(Part(str(at), levels=needs[at % 2]) for at in range(1000)),
        tuple(
            Link(str(a), str(b)) for a, b in {(int(a), int(b)) for a, b in rng.integers(0, 1000, (3000, 2)) if a != b}
        ),
    )
    line: Line = boundary.draw(made, SHIPPED, flips=["0", "1"])
    assert line.cost == line.misfit + line.crossings <= min(line.undivided.values())
    assert sum(side.pays for side in line.parts) + sum(joint.pays for joint in line.links) == line.crossings
