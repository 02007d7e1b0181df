"""What was moved is moved again in a system read anew, and what does not fit it is named."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from systems import REQUIREMENTS, systems

from decision_kit.boundaries import moves
from decision_kit.boundaries.system import Link, Part, System

READ = System(
    (Part("pay", "Payment", {"order": 4, "scale": 1}), Part("mail", "Mails")),
    (Link("pay", "mail", 2.0, "listening"), Link("mail", "pay")),
)
MOVED = replace(
    READ.change("pay", levels={"order": 3}, model="orchestration"),
    links=(Link("pay", "mail", 2.0, "awaited"), READ.links[1]),
    without=("teams",),
)


def test_moves_are_made_in_what_was_changed_elsewhere_without_touching_the_rest():
    anew = System(
        (Part("app", "App"), Part("pay", "Payments", {"order": 0, "scale": 2, "latency": 2}, team="red")),
        (Link("app", "pay"),),
    )
    told = (
        System(
            (Part("app", "App"), Part("pay", "Payments", {"order": 3, "latency": 2}, "red", model="orchestration")),
            (Link("app", "pay"),),
            ("teams",),
        ),
        ["Payment → Mails (listening)"],
    )
    assert moves.again(READ, MOVED, anew) == told


def test_a_model_that_was_not_moved_is_what_the_tables_say_now():
    anew = READ.change("mail", model="choreography").change("pay", model="choreography")
    assert [part.model for part in moves.again(READ, MOVED, anew)[0].parts] == ["orchestration", "choreography"]


def test_a_part_that_is_gone_is_named():
    assert moves.again(READ, MOVED, System((READ.part("mail"),)))[1] == ["Payment", "Payment → Mails (listening)"]


def test_a_move_that_the_tables_hold_by_now_is_not_named():
    assert moves.again(READ, MOVED, MOVED) == (MOVED, [])


def test_a_link_is_not_moved_to_where_another_stands_by_now():
    anew = replace(READ, links=(*READ.links, Link("pay", "mail", 1.0, "awaited")))
    moved, lost = moves.again(READ, MOVED, anew)
    assert (moved.links, lost) == (anew.links, ["Payment → Mails (listening)"])


@given(st.data(), systems())
def test_in_the_same_tables_every_move_is_made(data: st.DataObject, read: System):
    part = data.draw(st.sampled_from(read.parts))
    levels = data.draw(st.dictionaries(st.sampled_from(REQUIREMENTS), st.integers(0, 4), max_size=4))
    model = data.draw(st.sampled_from(["", "orchestration", "choreography"]))
    moved = replace(read.change(part.id, levels=levels, model=model), without=("teams",))
    assert moves.again(read, moved, read) == (moved, [])
