"""Plain values: what is allowed passes, what is not is told in one short sentence, and results become such values."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import InputError, plain


@given(st.fractions(max_denominator=10**12).filter(lambda number: abs(number) < 10**12))
def test_any_fraction_is_a_number_again(number: Fraction):
    assert plain.is_number(str(number))


@pytest.mark.parametrize("value", [1, 0.5, None, "", "1/0", "1e9", "one", "1 2", "9" * 61, "\u0661"])
def test_what_is_no_exact_number_is_told_apart(value: object):
    assert not plain.is_number(value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (5, "note: 5 is not a text."),
        ("x" * 200_001, "note: has 200,001 characters; at most 200,000 are allowed."),
        ("\ud800", "note: holds half of a surrogate pair, which is not a character."),
    ],
)
def test_a_text_that_cannot_be_written_again_is_refused(value: object, told: str):
    with pytest.raises(InputError) as error:
        plain.text("note", value)
    assert str(error.value) == told


def test_a_field_that_is_not_known_is_refused_with_those_that_are():
    plain.only({"a": 1}, ("a", "b"), "part, ")
    with pytest.raises(InputError, match=r"^part, c: is not a field; allowed are a, b\.$"):
        plain.only({"a": 1, "c": 2}, ("a", "b"), "part, ")


@given(st.recursive(st.none() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_a_value_in_a_sentence_is_short(value: object):
    assert len(plain.shown(value)) <= 60


@dataclass(frozen=True)
class Held:
    """A small value."""

    name: str
    others: tuple[object, ...]


def test_what_a_result_holds_becomes_what_json_holds():
    given = {"fit": Fraction(1, 4), "none": None, "found": (Held("a", (Fraction(2), "b")), True)}
    assert plain.values(given) == {"fit": 0.25, "none": None, "found": [{"name": "a", "others": [2.0, "b"]}, True]}
