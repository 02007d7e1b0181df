"""What a record's line was drawn with: enough to draw it again to the last digit, whatever the data say today."""

import csv
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import jsonschema
import pytest
from conftest import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from systems import systems

from decision_kit import Decision, InputError, Knowledge, evaluate, files, knowledge
from decision_kit.boundaries import rules, system
from decision_kit.boundaries.line_basis import LineBasis
from decision_kit.boundaries.system import System
from decision_kit.evaluation import again

SHIPPED = knowledge.load()
SCHEMA = json.loads((files.shipped("data") / "decision.schema.json").read_text(encoding="utf-8"))
TRAFFIC = "calls_per_second,factor,reason\n0,3,x\n0.3,4.5,x\n"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Give the knowledge shipped with all ratings turned, the rules in another order and dearer, other traffic."""
    folder = tmp_path_factory.mktemp("other") / "data"
    shutil.copytree(files.shipped("data"), folder)
    for name, change in (
        ("ratings", lambda row: row | {"rating": str(-int(row["rating"]))}),
        ("boundary_rules", lambda row: row | {"dearer": "7", "pull": "0.1"}),
    ):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = [change(row) for row in csv.DictReader(stream)][::-1]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    (folder / "traffic.csv").write_text(TRAFFIC, encoding="utf-8")
    changed = knowledge.load(folder)
    assert rules.of(changed).rules[0].id != rules.of(SHIPPED).rules[0].id
    return changed


def uber() -> System:
    return system.load(EXAMPLES / "uber-rides.parts.csv", EXAMPLES / "uber-rides.links.csv", SHIPPED)


def recorded(made: System) -> Decision:
    return evaluate(Decision("Orders", date="2026-11-26", system=made)).recorded().decision


@settings(max_examples=50)
@given(systems(), st.sets(st.sampled_from(rules.RULES)).map(tuple))
def test_a_line_comes_back_to_the_last_digit_under_changed_data(other: Knowledge, made: System, without: tuple):
    then = evaluate(Decision("Orders", date="2026-11-26", system=replace(made, without=without)))
    kept = Decision.from_json(then.recorded().decision.to_json())
    line = again(kept, other).line
    assert again(kept, other).basis == then.basis
    assert (line.cut.cost, line.flips, line.parts, line.free) == (
        then.line.cut.cost, then.line.flips, then.line.parts, then.line.free
    )  # fmt: skip
    assert [(joint.link, joint.pays, joint.alone) for joint in line.links] == [
        (joint.link, joint.pays, joint.alone) for joint in then.line.links
    ]
    assert line.to_dict() == then.line.to_dict()


def test_the_changed_data_draw_another_line_by_themselves(other: Knowledge):
    decision = recorded(uber())
    assert evaluate(decision, other).line.assignment != again(decision, other).line.assignment


def test_it_holds_what_the_published_schema_says_and_is_absent_without_a_system():
    document = json.loads(recorded(uber()).to_json())
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["basis"]["line"]["assignment"]["ride"] == "orchestration"
    assert document["basis"]["line"]["traffic"][:2] == [["0", "1"], ["1", "5/4"]]
    assert "line" not in json.loads(evaluate(Decision("Orders")).recorded().decision.to_json())["basis"]


def test_a_rule_that_the_data_no_longer_have_is_applied_as_recorded(tmp_path: Path):
    kept = recorded(replace(uber(), without=("path",))).basis.line
    folder = tmp_path / "data"
    shutil.copytree(files.shipped("data"), folder)
    head, *rows = (folder / "boundary_rules.csv").read_text(encoding="utf-8").splitlines()
    (folder / "boundary_rules.csv").write_text("\n".join([head, *rows[1:]]), encoding="utf-8")
    under = kept.under(knowledge.load(folder))
    assert [rule.id for rule in under.rules] == ["undone", "waiting", "teams", "contexts"]
    assert (under.rules[0].title, float(under.rules[0].dearer)) == ("undone", 2)
    assert under.rules[1].title == "The boundary runs where nobody waits"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rules", [["undone", "2"]]),
        ("rules", [["speed", "2", "0"]]),
        ("rules", [["undone", "2", "1/0"]]),
        ("rules", [["undone", "1e99999999", "0"]]),
        ("rules", "undone"),
        ("traffic", []),
        ("traffic", [["0", "-1"]]),
        ("traffic", [["0", "9999999999"]]),
        ("assignment", {"ride": 1}),
        ("assignment", []),
        ("cost", 1.5),
    ],
)
def test_one_edited_by_hand_is_refused_in_one_sentence(field: str, value: object):
    given_ = asdict(recorded(uber()).basis.line) | {field: value}
    with pytest.raises(InputError, match=r"^basis, line: does not hold what the kit writes there"):
        LineBasis.from_dict(json.loads(json.dumps(given_)))


@pytest.mark.parametrize("value", [5, {"cost": "1"}])
def test_one_with_other_fields_is_refused(value: object):
    with pytest.raises(InputError, match=r"^basis, line: needs just the fields rules, traffic, "):
        LineBasis.from_dict(value)


def test_only_a_record_can_be_evaluated_again():
    with pytest.raises(InputError, match="does not say what it was computed from"):
        again(Decision("Orders"), SHIPPED)
