"""Places in rows: the same for the same system, nothing over anything else, links from row to row."""

import itertools
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from systems import systems

from decision_kit.boundaries import layers
from decision_kit.boundaries.layers import Piece, Spot
from decision_kit.boundaries.system import System


@given(systems(most=8), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_of_a_file_changes_no_place(drawn: System, random: Random):
    names = [part.id for part in drawn.parts]
    links = [(link.start, link.end, link.kind) for link in drawn.links]
    below = random.sample(names, len(names) // 2)
    first = layers.place(names, links, below)
    for order in (names, links, below):
        random.shuffle(order)
    again = layers.place(names, links, below)
    assert (again.at, again.width, list(again.pieces)) == (first.at, first.width, list(first.pieces))


def test_a_link_that_passes_a_row_has_a_way_of_its_own_beside_the_boxes():
    places = layers.place("abc", [("a", "b", ""), ("b", "c", ""), ("a", "c", "")], "c")
    (passing,) = (spot for spot in places.at if not spot.box)
    assert (passing.row, passing.name) == (1, "c")
    assert abs(places.at[passing] - places.at[Spot(1, "b")]) >= (layers.BOX + layers.BEND) / 2 + layers.GAP


def test_links_of_one_kind_to_one_box_share_their_way_and_others_do_not():
    links = [("a", "b", "x"), ("b", "c", "x"), ("a", "d", "x"), ("b", "d", "x"), ("a", "d", "y")]
    shared = layers.place("abcd", links, "d").pieces
    assert shared[Piece(Spot(2, "d", "x", box=False), Spot(3, "d"), "x")] == (2, 3)
    assert shared[Piece(Spot(2, "d", "y", box=False), Spot(3, "d"), "y")] == (4,)


@given(systems(most=8))
def test_every_link_runs_from_row_to_row_from_its_start_to_its_end(drawn: System):
    links = [(link.start, link.end, link.kind) for link in drawn.links]
    places = layers.place([part.id for part in drawn.parts], links, [])
    for number, (start, end, kind) in enumerate(links):
        way = {piece.start: piece.end for piece, numbers in places.pieces.items() if number in numbers}
        at = next(spot for spot in way if spot.box and spot.name == start)
        while not (at.box and at.name == end):
            assert abs(way[at].row - at.row) == 1
            at = way.pop(at)
        assert {piece.kind for piece, numbers in places.pieces.items() if number in numbers} == {kind}


@given(systems(most=8))
def test_nothing_in_a_row_overlaps(drawn: System):
    places = layers.place([p.id for p in drawn.parts], [(k.start, k.end, k.kind) for k in drawn.links], [])
    for one, other in itertools.combinations(places.at, 2):
        if one.row == other.row:
            wide = sum(layers.BOX if spot.box else layers.BEND for spot in (one, other)) / 2
            assert abs(places.at[one] - places.at[other]) >= wide + layers.GAP - 0.2


def test_what_can_be_drawn_without_links_that_cross_is():
    places = layers.place("abcdef", [("a", "d", ""), ("b", "c", ""), ("c", "f", ""), ("d", "e", "")], "ef")
    order = {spot.row: [] for spot in places.at}
    for spot in sorted(places.at, key=places.at.__getitem__):
        order[spot.row].append(spot.name)
    ways = {"a": "ade", "b": "bcf"}
    assert [{name: order[row].index(name) for name in order[row]} for row in range(3)] == [
        {ways[first][row]: place for place, first in enumerate(order[0])} for row in range(3)
    ]


def test_links_in_a_circle_and_parts_without_links_find_their_places():
    places = layers.place("abcde", [("a", "b", ""), ("b", "c", ""), ("c", "a", "")], "")
    rows = {spot.name: spot.row for spot in places.at if spot.box}
    assert sorted(rows) == list("abcde")
    assert sorted(rows[name] for name in "abc") == [0, 1, 2]


def test_links_mostly_run_down():
    places = layers.place("abcdef", [(a, b, "") for a, b in itertools.pairwise("abcdef")], "ef")
    assert [spot.row for spot in sorted(places.at, key=lambda spot: spot.name)] == [0, 1, 2, 3, 4, 5]


@given(systems(most=8))
def test_names_run_on_the_whole_from_left_to_right_so_that_a_small_change_turns_nothing_round(drawn: System):
    places = layers.place([p.id for p in drawn.parts], [(k.start, k.end, k.kind) for k in drawn.links], [])
    boxes = sorted((spot.name, x) for spot, x in places.at.items() if spot.box)
    middle = (len(boxes) - 1) / 2
    assert sum((place - middle) * x for place, (_, x) in enumerate(boxes)) >= -1
