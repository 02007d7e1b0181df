"""A system within a decision's JSON: the same again, short, held to the published schema, told where it is wrong."""

import json
from dataclasses import replace

import jsonschema
import pytest
from conftest import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st
from systems import systems

from decision_kit import Decision, InputError, files, knowledge
from decision_kit.boundaries import rules, system, system_json
from decision_kit.boundaries.system import Link, Part, System

SCHEMA = json.loads((files.shipped("data") / "decision.schema.json").read_text(encoding="utf-8"))
PAIR = System(
    (Part("pay", "Payment", {"order": 4}), Part("mail")), (Link("pay", "mail", 2, "listening", undone=False),)
)
GOOD = Decision("Orders", date="2026-11-26", system=PAIR).to_json(short=True)


def held(made: System) -> Decision:
    return Decision("Orders", date="2026-11-26", system=made)


@given(systems(), st.sets(st.sampled_from(rules.RULES)).map(tuple), st.booleans())
def test_a_system_comes_back_equal_from_the_decision_and_gives_the_same_text(
    made: System, without: tuple[str, ...], short: bool
):
    decision = held(replace(made, without=without))
    text = decision.to_json(short=short)
    assert Decision.from_json(text) == decision
    assert Decision.from_json(text).to_json(short=short) == text
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))


@given(st.floats(min_value=0, allow_infinity=False, allow_nan=False))
def test_calls_come_back_to_the_last_digit(calls: float):
    made = replace(PAIR, links=(Link("pay", "mail", calls),))
    assert Decision.from_json(held(made).to_json()).system.links[0].calls_per_second == calls


def test_the_example_comes_back_equal():
    known = knowledge.load()
    made = system.load(EXAMPLES / "uber-rides.parts.csv", EXAMPLES / "uber-rides.links.csv", known)
    assert system_json.from_dict(json.loads(json.dumps(system_json.to_dict(made)))) == made


def test_what_is_unknown_or_by_default_is_left_out():
    assert system_json.to_dict(PAIR) == {
        "parts": [{"id": "pay", "title": "Payment", "levels": {"order": 4}}, {"id": "mail"}],
        "links": [
            {"from": "pay", "to": "mail", "calls_per_second": 2.0, "kind": "listening", "undone_together": False}
        ],
    }
    assert system_json.to_dict(System((Part("a"),))) == {"parts": [{"id": "a"}]}


def test_a_decision_without_a_system_says_nothing_of_one(order_and_payment: Decision):
    assert order_and_payment.system is None
    assert '"system"' not in order_and_payment.to_json()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (GOOD[GOOD.index('{"parts"') : -2], "[]", "system: [] is not an object with parts and links"),
        ('"parts":[', '"parts":{},"x":[', "system, x: is not a field; allowed are parts, links, without"),
        ('"links":[', '"without":"all","links":[', 'system, without: "all" is not a list'),
        ('"links":[', '"without":["all"],"links":[', 'system, without: "all" is not a rule; allowed are undone, '),
        ('"links":[', '"without":[[]],"links":[', "system, without: [] is not a text"),
        ('{"id":"mail"}', "5", "system, part: 5 is not an object"),
        ('{"id":"mail"}', "{}", "system, part: has no id; needed are id"),
        ('{"id":"mail"}', '{"id":""}', "system, part: the id is empty"),
        ('{"id":"mail"}', '{"id":["mail"]}', 'system, part, id: ["mail"] is not a text'),
        ('{"id":"mail"}', '{"id":"a\\nb","levels":{"order":5}}', "system, part a b, order: 5 is not allowed"),
        ('{"id":"mail"}', '{"id":"pay"}', "system, the id 'pay' stands twice"),
        ('{"id":"mail"}', '{"id":"mail","titel":"x"}', "system, part mail, titel: is not a field; allowed are id, "),
        ('{"id":"mail"}', '{"id":"mail","levels":{"order":5}}', "system, part mail, order: 5 is not allowed"),
        ('{"id":"mail"}', '{"id":"mail","levels":[4]}', "system, part mail, levels: [4] is not an object of levels"),
        ('{"id":"mail"}', '{"id":"mail","note":null}', "system, part mail, note: null is not a text"),
        ('{"id":"mail"}', '{"id":"mail","note":"\\ud800"}', "system, part mail, note: holds half of a surrogate pair"),
        ('{"id":"mail"}', f'{{"id":"{"m" * 201}"}}', "an id has 201 characters; at most 200 are allowed"),
        ('{"id":"mail"}', f'{{"id":"mail","levels":{{"{"m" * 999}":1}}}}', "an id has 999 characters; at most 200"),
        ('"to":"mail"', '"to":"post"', "system, link from pay to post: no part has the id 'post'"),
        ('"to":"mail"', '"to":"pay"', "system, link from pay to pay: joins a part to itself"),
        ('"from":"pay",', "", "system, link: has no from; needed are from, to"),
        ('"to":"mail",', "", "system, link pay: has no to; needed are from, to"),
        (":2.0,", ":true,", "system, link pay, calls_per_second: true is not a number"),
        (":2.0,", ":-1,", "calls_per_second: -1.0 is not a number of 0 or more"),
        (":2.0,", ":1e999,", "calls_per_second: inf is not a number of 0 or more"),
        (":2.0,", f":1{'0' * 400},", "system, link pay, calls_per_second: is too large"),
        (":false}", ':"no"}', 'system, link pay, undone_together: "no" is not true or false'),
        ('"listening"', '"heard"', "kind: 'heard' is not awaited or listening"),
    ],
)  # fmt: skip
def test_a_bad_system_is_told_in_one_sentence(old: str, new: str, told: str):
    assert old in GOOD
    with pytest.raises(InputError) as error:
        Decision.from_json(GOOD.replace(old, new, 1))
    assert told in str(error.value)
    assert len(str(error.value)) < 500
    assert "\n" not in str(error.value)


def test_a_system_that_no_record_could_show_is_refused_before_it_is_saved():
    many = tuple(Part(str(at)) for at in range(system_json.MOST_PARTS + 1))
    links = tuple(Link(a.id, b.id) for a in many[:30] for b in many[:30] if a != b)
    assert held(System(many[1:], ())).system is not None
    with pytest.raises(InputError, match=r"^system: has 201 parts; a decision holds at most 200, so that"):
        held(System(many))
    with pytest.raises(InputError, match=r"^system: has 870 links; a decision holds at most 500, so that"):
        held(System(many[:30], links))


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (replace(PAIR, without=("all",)), 'system, without: "all" is not a rule'),
        (PAIR.change("pay", title=5), "system, part pay, title: 5 is not a text"),
        (PAIR.change("pay", note="\ud800"), "system, part pay, note: holds half of a surrogate pair"),
        (PAIR.change("pay", note="x" * 200_001), "system, part pay, note: has 200,001 characters"),
    ],
)
def test_one_made_in_python_that_could_not_be_read_again_is_refused(made: System, told: str):
    with pytest.raises(InputError, match=told):
        held(made)
