"""Figures and lists in sentences: rounded without lying, and read as sentences do."""

from fractions import Fraction

import pytest

from decision_kit import grammar


@pytest.mark.parametrize(("items", "said"), [("a", "a"), ("ab", "a and b"), ("abc", "a, b, and c")])
def test_lists_read_as_sentences_do(items: str, said: str):
    assert grammar.listed(items) == said


def test_of_very_many_things_the_rest_is_counted():
    assert grammar.several("abcd", most=2) == "a, b, and 2 more"
    assert grammar.several("ab", most=2) == "a and b"
    assert grammar.more(["a", "b"], 1_002) == "a; b; and 1,000 more"
    assert grammar.more(["a", "b"], 2) == "a; b"


def test_one_thing_is_no_plural():
    said = [grammar.counted(number, "source") for number in (0, 1, 12_345)]
    assert said == ["0 sources", "1 source", "12,345 sources"]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Fraction(1), "100 %"),
        (Fraction(999, 1000), "over 99 %"),
        (0.714, "71 %"),
        (Fraction(1, 1000), "under 1 %"),
        (0, "0 %"),
    ],
)
def test_only_all_is_100_percent_and_only_nothing_is_0(share: Fraction | float, said: str):
    assert grammar.percent(share) == said


def test_a_difference_of_shares_is_written_in_points():
    assert grammar.points(Fraction(55, 1000)) == "5.5 points"
