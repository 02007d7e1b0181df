"""The decision: checked when made, written as one JSON text, saved without ever losing what was there."""

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import Answer, Decision, InputError, files

SCHEMA = json.loads((files.shipped("data") / "decision.schema.json").read_text(encoding="utf-8"))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ranges = st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda ends: ends[0] < ends[1])
levels = st.one_of(st.none(), st.just("not sure"), st.integers(0, 4), ranges)
answers = st.builds(
    Answer,
    requirement=st.text("abcdef_", min_size=1, max_size=8),
    level=levels,
    scope=st.sampled_from(["whole", "core", "reactions"]),
    must=st.booleans(),
    note=texts,
)
days = st.dates().map(lambda day: day.isoformat())
stems = st.from_regex(r"[0-9]{4}-[a-z]{1,9}(-[a-z]{1,9})?", fullmatch=True)
decisions = st.builds(
    Decision,
    name=texts.filter(lambda name: bool(name.strip())),
    context=texts,
    core=texts,
    reactions=texts,
    status=st.sampled_from(["proposed", "accepted", "rejected"]),
    date=days,
    review=st.just("") | days,
    triggers=st.lists(texts, max_size=3).map(tuple),
    chosen=st.sampled_from(["", "hybrid"]),
    because=texts,
    supersedes=st.lists(stems, max_size=2).map(tuple),
    superseded_by=st.just("") | stems,
    deciders=st.lists(texts, max_size=3).map(tuple),
    answers=st.lists(answers, max_size=5, unique_by=lambda answer: answer.requirement).map(tuple),
)


@given(decisions)
def test_a_decision_comes_back_equal_from_its_text_and_gives_the_same_text(decision: Decision):
    text = decision.to_json()
    assert Decision.from_json(text) == decision
    assert Decision.from_json(text).to_json() == text


@given(decisions)
def test_what_is_written_holds_to_the_published_schema(decision: Decision):
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(decision.to_json()))


def test_a_file_of_schema_1_opens_and_is_saved_as_schema_2(order_and_payment: Decision):
    document = json.loads(order_and_payment.to_json()) | {"schema": 1}
    for added in ("review", "triggers", "supersedes", "superseded_by"):
        del document[added]
    assert Decision.from_json(json.dumps(document)) == order_and_payment
    assert order_and_payment.to_json().startswith('{\n  "schema": 2,')


@given(decisions)
def test_the_short_text_holds_the_same_decision(decision: Decision):
    text = decision.to_json(short=True)
    assert Decision.from_json(text) == decision
    assert text.count("\n") == 1


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_opening_and_saving_an_example_gives_the_same_bytes(path: Path, tmp_path: Path):
    Decision.open(path).save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


GOOD = Decision.from_answers("Orders", {"order": {"level": [1, 3], "note": "why"}}, date="2026-11-23").to_json()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (GOOD, GOOD[:-20], "line "),
        (GOOD, "", "is empty."),
        (GOOD, "{", "line 1 is not JSON (expecting property name enclosed in double quotes); is the file cut off?"),
        (GOOD, "[]", "is not a decision"),
        (GOOD, "[" * 100_000, "is not JSON that can be read"),
        ('"schema": 2', '"schema": 3', "schema: 3 is newer than this kit"),
        ('"schema": 2,', "", "is not a decision of this kit"),
        ('"schema": 2', '"schema": true', "schema: true is not a version"),
        ('"schema": 2', '"schema": 0', "schema: 0 is not a version"),
        ('"review": ""', '"review": "soon"', 'review: "soon" is not a day'),
        ('"triggers": []', '"triggers": "load"', 'triggers: "load" is not a list of texts'),
        ('"supersedes": []', '"supersedes": ["../0001-x"]', 'supersedes, superseded_by: "../0001-x" is not a record'),
        ('"supersedes": []', '"supersedes": [], "basis": {}', "basis: needs just the fields digest, "),
        ('"name": "Orders"', '"name": " "', "name: is empty"),
        ('"name": "Orders"', '"name": 5', "name: 5 is not a text"),
        ('"name": "Orders"', f'"name": "{"x" * 1_000_000}"', "name: has 1,000,000 characters; at most 200,000"),
        ('"name": "Orders"', '"name": "\\ud800"', "half of a surrogate pair"),
        ('"name": "Orders"', '"name": "a", "name": "b"', "name: stands twice"),
        ('"name": "Orders",', "", "name: is missing"),
        ('"date": "2026-11-23",', "", "date: is missing"),
        ('"context": ""', '"kontext": ""', "kontext: is not a field; allowed are name, context"),
        ('"status": "proposed"', '"status": "done"', 'status: "done" is not one of proposed, accepted'),
        ('"date": "2026-11-23"', '"date": "2026-02-30"', 'date: "2026-02-30" is not a day'),
        ('"deciders": []', '"deciders": "team"', 'deciders: "team" is not a list of texts'),
        ('"deciders": []', '"deciders": [5]', "deciders: 5 is not a text"),
        ("3\n      ]", "7\n      ]", "answers, order, level: [1, 7] is not allowed; allowed is a whole"),
        ("3\n      ]", "1\n      ]", "answers, order, level: [1, 1] is not allowed"),
        ("3\n      ]", "NaN\n      ]", "NaN is not a number that JSON knows"),
        ("3\n      ]", "true\n      ]", "answers, order, level: [1, true] is not allowed"),
        ('"scope": "whole"', '"scope": "half"', 'answers, order, scope: "half" is not one of whole, core, reactions'),
        ('"must": false', '"must": 1', "answers, order, must: 1 is not true or false"),
        ('"note": "why"', '"note": null', "answers, order, note: null is not a text"),
        ('"requirement": "order",', "", "an answer has no requirement"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_in_one_sentence_and_stays_as_it_was(tmp_path: Path, old: str, new: str, told: str):
    path = tmp_path / "bad.decision.json"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(InputError) as error:
        Decision.open(path)
    assert str(error.value).startswith(f"{path}: ")
    assert told in str(error.value)
    assert len(str(error.value)) < 500
    assert "\n" not in str(error.value)
    assert path.read_bytes() == before


def test_a_requirement_answered_twice_is_refused():
    with pytest.raises(InputError, match="'order' is answered twice"):
        Decision("Orders", answers=(Answer("order", 1), Answer("order", 2)))


def test_not_answered_not_sure_and_level_0_are_three_things():
    decision = Decision.from_answers("Orders", {"a": 0, "b": "not sure"})
    assert [decision.answer_to(r).given for r in "abc"] == [True, True, False]
    assert [decision.answer_to(r).stated for r in "abc"] == [True, False, False]
    assert decision.answer_to("a").levels == (0,)
    assert decision.answer_to("b").levels == (0, 1, 2, 3, 4)


def test_changing_an_answer_keeps_its_place_and_the_others():
    decision = Decision.from_answers("Orders", {"a": 1, "b": {"level": 2, "note": "why"}, "c": 3})
    changed = decision.answer("b", level=4)
    assert [(a.requirement, a.level, a.note) for a in changed.answers] == [("a", 1, ""), ("b", 4, "why"), ("c", 3, "")]
    assert decision.answer_to("b").level == 2


def test_a_folder_that_cannot_be_written_is_told_and_the_old_file_stays(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InputError, match=r"cannot be written \(.*\); nothing was changed"):
        Decision("Orders").save(tmp_path / "file" / "orders.json")
    assert (tmp_path / "file").read_text() == "not a folder"
