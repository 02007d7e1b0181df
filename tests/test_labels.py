"""The number beside a crossing stands where it can be read."""

import pytest

from decision_kit.boundaries import labels

DOT = (100.0, 50.0)
RIGHT_ABOVE, LEFT_ABOVE, RIGHT_BELOW = (108.0, 45.0), (78.0, 45.0), (108.0, 66.0)


def test_a_curve_leaves_upright_and_reaches_its_end_upright_through_the_middle():
    points = labels.curve((0, 0), (80, 40))
    assert points[[0, 32, 64]].tolist() == [[0, 0], [40, 20], [80, 40]]
    assert points[1, 0] < points[1, 1]
    assert points.shape == (65, 2)


@pytest.mark.parametrize(
    ("others", "place"),
    [
        ([], RIGHT_ABOVE),
        ([((60, 90), (140, 10))], LEFT_ABOVE),
        ([((90, 0), (90, 100))], RIGHT_ABOVE),
        ([((112, 0), (112, 48)), ((90, 0), (90, 48))], RIGHT_BELOW),
    ],
    ids=["nothing in the way", "its own curve comes from the right", "left is in the way", "all above is in the way"],
)
def test_a_number_stands_right_above_its_crossing_or_else_where_it_is_overdrawn_the_least(
    others: list[tuple[tuple[float, float], tuple[float, float]]], place: tuple[float, float]
):
    curves = [labels.curve((100, 0), (100, 100)), *(labels.curve(*ends) for ends in others)]
    assert labels.beside(DOT, 2, curves) == place


def test_a_long_number_to_the_left_ends_beside_its_crossing():
    curves = [labels.curve((60, 90), (140, 10))]
    assert labels.beside(DOT, 3, curves) == (71.0, 45.0)
