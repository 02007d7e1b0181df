"""What a portfolio tells: each figure as worked by hand, sums by group, and a regret of 0 exactly where it is due."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from conftest import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_kit import InputError, estate, evaluate, knowledge, portfolio
from decision_kit.estate import Estate
from decision_kit.portfolio import outcomes
from decision_kit.tables import FIRST_ROW

KNOWN = knowledge.load(SMALL)
STRICT = replace(KNOWN, settings={**KNOWN.settings, "floor": replace(KNOWN.settings["floor"], value=Fraction(2))})
"""Under it each model fails one must-have, so that must-haves can rule out all."""

# Orchestration is rated 4, 1, 2 on order, scale, upkeep, choreography 0, 3, 1; levels weigh 0, 1, 2, 4, 8.
ROWS = [
    # name, team, runs, order, must, scale, upkeep
    ("Orders", "red", "choreography", 4, "", 1, ""),  # 33 of 36 against 3
    ("Feed", "red", " Choreography", 0, "", 4, ""),  # 8 of 32 against 24
    ("Even", "red", "orchestration", 1, "", 2, ""),  # 6 of 12 against 6
    ("Audit", "red", "choreography", 1, "yes", 4, ""),  # 12 of 36 against 24, which the must-have rules out
    ("Few", "blue", "choreography", 4, "", "", ""),  # one answer of the two that are needed
    ("Bad", "blue", "choreography", 9, "", 1, ""),
    ("Odd", "blue", "saga", 4, "", 1, ""),
    ("Pair", "blue", "hybrid", 4, "", 1, ""),  # no boundary is named
    ("Silent", "", "", 0, "", 4, ""),
    ("Close", "", "choreography", 2, "", 3, 1),  # 14 of 28 against 13; with order 1 it is 10 against 13
]
TABLE = pd.DataFrame(
    ROWS, columns=["workflow", "team", "current_model", "order", "order_must", "scale", "upkeep"]
).astype("str")


@pytest.fixture
def told() -> Estate:
    return estate.look(TABLE, KNOWN)


def test_every_figure_is_as_worked_by_hand(told: Estate):
    counts = told.counts
    assert counts.outcomes == {
        "orchestration": 5,
        "choreography": 2,
        "hybrid": 0,
        "tie": 1,
        "not enough answers": 1,
        "no answers": 0,
        "not read": 1,
    }
    assert (counts.workflows, counts.judged) == (10, 8)
    assert (counts.fragile, counts.misfit, counts.ruled_out, counts.hopeless, counts.scoped) == (1, 1, 1, 0, 0)
    assert (counts.compared, counts.wrong, counts.firm, counts.barred) == (5, 3, 2, 1)
    assert (counts.incomparable, counts.silent) == (1, 1)
    assert counts.regret == pytest.approx(30 / 36 + 1 / 28)


def test_a_workflow_without_any_answer_is_told_apart_from_one_with_too_few():
    counts = estate.look(TABLE.assign(scale="", upkeep="", order=["", "1", "", "9", *[""] * 6]), KNOWN).counts
    assert {kind: number for kind, number in counts.outcomes.items() if number} == {
        "not enough answers": 1,
        "no answers": 8,
        "not read": 1,
    }
    assert counts.judged == 0


def test_best_fit_and_regret_are_as_worked_by_hand(told: Estate):
    rows = told.table.set_index("workflow")
    assert rows["best_fit"].dropna().to_dict() == pytest.approx(
        {
            "Orders": 33 / 36,
            "Feed": 24 / 32,
            "Even": 1 / 2,
            "Audit": 12 / 36,
            "Odd": 33 / 36,
            "Pair": 33 / 36,
            "Silent": 24 / 32,
            "Close": 14 / 28,
        }
    )
    assert rows["regret"].dropna().to_dict() == pytest.approx(
        {"Orders": 30 / 36, "Feed": 0, "Even": 0, "Audit": 1, "Close": 1 / 28}
    )


def test_lists_are_ranked_and_cut(told: Estate):
    assert [w.name for w in told.ranked(2, "wrong")] == ["Audit", "Orders"]
    assert [w.name for w in told.ranked(9, "wrong")] == ["Audit", "Orders", "Close"]
    assert [(w.row, w.name) for w in told.ranked(9, "fragile")] == [(11, "Close")]
    assert [(w.row, w.barred, w.best) for w in told.ranked(9, "misfit")] == [(5, True, pytest.approx(1 / 3))]
    assert [w.name for w in told.ranked(4)] == ["Audit", "Orders", "Close", "Feed"]


def test_bad_cells_and_unknown_words_are_told_by_row(told: Estate):
    assert outcomes.unread(told.table) == [(7, "order ('9')")]
    assert told.unknown.to_dict() == {8: "saga"}


def test_groups_are_counted_the_largest_first(told: Estate):
    groups = told.by("team")
    assert {team: found.workflows for team, found in groups.items()} == {"blue": 4, "red": 4, "": 2}
    assert (groups["red"].wrong, groups[""].wrong, groups["blue"].compared) == (2, 1, 0)


def test_a_model_that_runs_is_one_group_however_it_is_written(told: Estate):
    groups = {text: found.workflows for text, found in told.by("current_model").items()}
    assert groups == {"Choreography": 6, "": 1, "Hybrid": 1, "Orchestration": 1, "saga": 1}
    assert list(told.only({"current_model": "Choreography"}).table.index) == [2, 3, 5, 6, 7, 11]


def test_some_are_chosen_by_group_and_by_words(told: Estate):
    assert list(told.only({"team": "red"}).table.index) == [2, 3, 4, 5]
    assert list(told.only({}, "RED  choreo").table.index) == [2, 3, 5]
    assert told.only({"team": "red"}, "orders").counts.wrong == 1
    assert told.only({"team": "green"}).table.empty


def test_a_workflow_becomes_a_decision_that_says_where_it_comes_from(told: Estate):
    decision = told.decision(5)
    assert (decision.name, decision.answer_to("order").must) == ("Audit", True)
    assert decision.context == "Row 5 of a portfolio. team: red; runs today on: choreography."
    assert evaluate(decision, KNOWN).verdict.first == ("orchestration",)
    with pytest.raises(InputError, match="row 7, column order: '9' is not allowed"):
        told.decision(7)
    with pytest.raises(InputError, match="row 12: is not among the workflows"):
        told.decision(12)


def test_results_of_an_earlier_scoring_are_worked_out_anew(told: Estate):
    again = estate.look(told.table.assign(winner="hybrid", regret=1.0), KNOWN)
    assert again.rescored
    assert again.counts == told.counts
    assert not told.rescored


def test_columns_are_known_whatever_their_capitals_and_keep_their_names(told: Estate):
    named = estate.look(TABLE.rename(columns=str.title), KNOWN)
    assert named.counts == told.counts
    assert named.naming == str(told.naming).title()
    assert named.groups == tuple(name.title() for name in told.groups)
    assert named.heads == tuple(name.title() for name in told.heads)
    assert list(named.by("Current_Model")) == list(told.by("current_model"))
    assert list(named.table.columns[: len(TABLE.columns)]) == [name.title() for name in TABLE.columns]


def test_without_a_name_a_group_or_what_runs_all_else_is_told():
    told = estate.look(TABLE[["order", "scale", "upkeep"]], KNOWN)
    assert (told.naming, told.groups) == (None, ())
    assert told.ranked(1)[0].name == "Row 2"
    assert (told.counts.judged, told.counts.silent, told.counts.compared) == (8, 8, 0)
    assert told.unknown.empty


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE.assign(regret="1"), "the column 'regret' is there already"),
        (TABLE.drop(columns="scale"), "the column 'scale' is missing"),
        (TABLE.head(0), "no workflow in it"),
        (TABLE.set_axis([*TABLE.columns[:6], "workflow"], axis=1).assign(upkeep=""), "'workflow' stands twice"),
    ],
)
def test_a_table_that_cannot_be_told_is_refused(table: pd.DataFrame, said: str):
    with pytest.raises(InputError, match=said):
        estate.look(table, KNOWN)


cells: dict[str, st.SearchStrategy[Any]] = {
    "team": st.sampled_from(["red", "blue", ""]),
    "current_model": st.sampled_from(["orchestration", "Choreography", "hybrid", "saga", ""]),
    **{side: st.sampled_from(["", "somebody"]) for side in ("core", "reactions")},
    **{name: st.sampled_from(["", "0", "1", "2", "3", "4", "much"]) for name in KNOWN.requirements},
    **{f"{name}_scope": st.sampled_from(["", "core", "reactions"]) for name in KNOWN.requirements},
    **{f"{name}_must": st.sampled_from(["", "yes"]) for name in KNOWN.requirements},
}
tables = st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=12).map(
    lambda rows: pd.DataFrame(rows, dtype="str")
)


@given(tables, st.sampled_from([KNOWN, STRICT]))
@settings(max_examples=50)
def test_sums_by_group_equal_the_whole(table: pd.DataFrame, known: knowledge.Knowledge):
    told = estate.look(table, known)
    groups, whole = told.by("team").values(), told.counts
    for name in ("workflows", "fragile", "misfit", "ruled_out", "hopeless", "scoped", "compared", "wrong", "firm"):
        assert sum(getattr(counts, name) for counts in groups) == getattr(whole, name)
    for kind, number in whole.outcomes.items():
        assert sum(counts.outcomes[kind] for counts in groups) == number
    assert sum(counts.regret for counts in groups) == pytest.approx(whole.regret)
    assert sum(whole.outcomes.values()) == whole.workflows == len(table)
    unknown = (told.unknown.index.isin(told.table.index[told.table["best_fit"].notna()])).sum()
    assert whole.compared + whole.incomparable + whole.silent + unknown == whole.judged


@given(tables, st.sampled_from([KNOWN, STRICT]))
@settings(max_examples=50)
def test_regret_is_nought_exactly_when_what_runs_wins_or_ties(table: pd.DataFrame, known: knowledge.Knowledge):
    told = estate.look(table, known)
    for row, runs, regret, best in zip(
        told.table.index, told.facts["runs"], told.table["regret"], told.table["best_fit"], strict=True
    ):
        if pd.isna(best):
            assert pd.isna(regret)
            continue
        found = evaluate(portfolio.decision(table.iloc[row - FIRST_ROW].to_dict(), known), known)
        assert best == pytest.approx(float(found.scores.fit[found.verdict.first[0]]))
        if pd.isna(runs) or found.scores.fit[runs] is None:
            assert pd.isna(regret)
        else:
            assert regret >= 0
            assert (regret == 0) == (runs in found.verdict.first)
