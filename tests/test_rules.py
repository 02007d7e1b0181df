"""The rules for where the line runs: which one is applied, and what they and the traffic cost."""

import shutil
from pathlib import Path

import pytest
from conftest import SMALL

from decision_kit import InputError, files, knowledge
from decision_kit.boundaries import rules
from decision_kit.boundaries.rules import Rules
from decision_kit.boundaries.system import Link, Part, System

SHIPPED = knowledge.load()
OF_SHIPPED = rules.of(SHIPPED)


def factor(link: Link, *, one: Part | None = None, other: Part | None = None, used: Rules = OF_SHIPPED) -> float:
    prices = rules.price(System((one or Part("a"), other or Part("b")), (link,)), used)
    return prices.factors[0] / prices.unit


def test_a_link_of_which_nothing_is_known_costs_what_a_boundary_costs_in_score():
    assert factor(Link("a", "b")) == 1


@pytest.mark.parametrize(
    ("calls", "dearer"), [(0, 1), (0.9, 1), (1, 1.25), (10, 1.5), (99, 1.5), (100, 1.75), (1000, 2), (1e12, 2)]
)
def test_traffic_makes_a_line_dearer_step_by_step_up_to_a_bound(calls: float, dearer: float):
    assert factor(Link("a", "b", calls)) == dearer


@pytest.mark.parametrize(
    ("link", "one", "other", "dearer"),
    [
        (Link("a", "b", kind="awaited"), Part("a"), Part("b"), 2),
        (Link("a", "b", kind="listening"), Part("a"), Part("b"), 1),
        (Link("a", "b", undone=True), Part("a"), Part("b"), 2),
        (Link("a", "b", undone=False), Part("a"), Part("b"), 1),
        (Link("a", "b"), Part("a", team="red"), Part("b", team="red"), 2),
        (Link("a", "b"), Part("a", team="red"), Part("b", team="blue"), 1),
        (Link("a", "b"), Part("a", team="red"), Part("b"), 1),
        (Link("a", "b"), Part("a", context="x"), Part("b", context="x"), 2),
        (Link("a", "b", 1000, "awaited"), Part("a"), Part("b"), 4),
    ],
)  # fmt: skip
def test_a_link_that_a_rule_would_keep_whole_costs_twice(link: Link, one: Part, other: Part, dearer: float):
    assert factor(link, one=one, other=other) == dearer
    assert factor(link, one=one, other=other, used=OF_SHIPPED.without(rules.RULES)) == (
        dearer if dearer < 2 else dearer / 2
    )


def test_rules_that_agree_are_counted_once():
    red = {"team": "red", "context": "x"}
    assert factor(Link("a", "b", None, "awaited", undone=True), one=Part("a", **red), other=Part("b", **red)) == 2


@pytest.mark.parametrize(
    ("kind", "teams", "dearer"), [("awaited", ("red", "blue"), 2), ("listening", ("red", "red"), 1)]
)
def test_of_two_rules_that_contradict_each_other_the_first_is_applied_and_both_are_named(
    kind: str, teams: tuple[str, str], dearer: float
):
    pair = System((Part("a", team=teams[0]), Part("b", team=teams[1])), (Link("b", "a"), Link("a", "b", kind=kind)))
    prices = rules.price(pair, OF_SHIPPED)
    (found,) = prices.contradictions
    assert (found.applied.id, found.set_aside.id, found.links) == ("waiting", "teams", (1,))
    assert prices.factors[1] / prices.unit == dearer
    assert OF_SHIPPED.rules[prices.said_by[1]].id == "waiting"
    (swapped,) = rules.price(pair, Rules(OF_SHIPPED.rules[::-1], OF_SHIPPED.traffic)).contradictions
    assert (swapped.applied.id, swapped.set_aside.id) == ("teams", "waiting")


def test_the_critical_path_pulls_to_the_core_and_a_side_effect_to_the_reactions():
    paths = System(tuple(Part(path or "unknown", critical_path=path) for path in ("yes", "side effect", "no", "")))
    prices = rules.price(paths, OF_SHIPPED)
    assert (prices.pulls / prices.unit).tolist() == [[0, 4], [4, 0], [0, 0], [0, 0]]
    assert not rules.price(paths, OF_SHIPPED.without(["path"])).pulls.any()


def test_every_rule_is_shipped_with_its_source_and_can_be_switched_off():
    assert [rule.id for rule in OF_SHIPPED.rules] == list(rules.RULES)
    assert {rule.source for rule in OF_SHIPPED.rules} <= set(SHIPPED.sources)
    for name in rules.RULES:
        assert name not in [rule.id for rule in OF_SHIPPED.without([name]).rules]
    with pytest.raises(InputError, match="'speed' is not a rule; allowed are undone, waiting, teams, contexts, path"):
        OF_SHIPPED.without(["speed"])


def test_a_folder_without_rules_of_its_own_uses_those_shipped(tmp_path: Path):
    assert rules.of(knowledge.load(SMALL)) == OF_SHIPPED
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    (tmp_path / "boundary_rules.csv").write_text(
        "id,title,text,dearer,pull,source,reason\nwaiting,Own,Own,3,0,one,Own\n", encoding="utf-8"
    )
    own = rules.of(knowledge.load(tmp_path))
    assert [(rule.id, rule.dearer) for rule in own.rules] == [("waiting", 3)]
    assert own.traffic == OF_SHIPPED.traffic


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("boundary_rules.csv", "\nwaiting,", "\nspeed,", "row 3, column id: 'speed' is not allowed"),
        ("boundary_rules.csv", ",2,0,newman", ",0.5,0,newman", "rule teams, column dearer: 0.5 is below 1."),
        ("boundary_rules.csv", "newman", "nobody", "column source: 'nobody' is not allowed"),
        ("boundary_rules.csv", "\nteams,", "\nwaiting,", "row 4, column id: 'waiting' is not allowed; allowed is"),
        ("traffic.csv", "\n0,1,", "\n0.5,1,", "the first row must begin at 0 calls per second"),
        ("traffic.csv", "\n10,1.5,", "\n10,1.1,", "calls must rise and factors never fall from row to row"),
        ("traffic.csv", "\n10,1.5,", "\n1,1.5,", "calls must rise and factors never fall from row to row"),
    ],
)  # fmt: skip
def test_a_bad_table_of_rules_or_traffic_is_told_in_one_sentence(
    tmp_path: Path, file: str, old: str, new: str, told: str
):
    shutil.copytree(files.shipped("data"), tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=told) as error:
        rules.of(knowledge.load(tmp_path))
    assert str(tmp_path / file) in str(error.value)
