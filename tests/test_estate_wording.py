"""The sentences about a portfolio: plain, true to the figures, and silent where there is nothing to say."""

import pandas as pd
import pytest
from test_estate import KNOWN, STRICT, TABLE

from decision_kit import estate
from decision_kit.estate import wording

TOLD = estate.look(TABLE, KNOWN)


def test_what_fits_best_and_what_has_no_winner_are_told():
    assert wording.gist(TOLD.counts.outcomes, KNOWN) == (
        "Of 10 workflows, Orchestration fits 5 best, Choreography 2, and Hybrid 0."
    )
    assert "\n".join(wording.told(TOLD)) == (
        "Tie: 1, where several models fit best, exactly alike.\n"
        "Not enough answers: 1, where fewer than 2 of 3 questions have a level, or nothing is needed.\n"
        "Not read: 1, where a cell holds what is not allowed: row 7, column order ('9') (the header is row 1).\n"
        "A boundary is named in 0; only there Hybrid is compared, and wins 0.\n"
        "Must-haves rule a model out in 1."
    )


def test_a_workflow_without_any_answer_is_told_by_itself():
    told = estate.look(TABLE.assign(scale=["", *["1"] * 9], order="", upkeep=""), KNOWN)
    assert "\n".join(wording.told(told)[:2]) == (
        "Not enough answers: 9, where fewer than 2 of 3 questions have a level, or nothing is needed.\n"
        "No answers: 1, where no question has a level."
    )


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (["9", "x", "9"], "none could be read."),
        (["9", "1", ""], "1 could not be read, and none of the others has enough answers for a verdict."),
        (["1", "", "1"], "none has enough answers for a verdict."),
    ],
)
def test_rows_that_were_not_read_are_not_told_as_short_of_answers(order: list[str], said: str):
    told = estate.look(pd.DataFrame({"order": order, "scale": "", "upkeep": ""}, dtype="str"), KNOWN)
    assert wording.gist(told.counts.outcomes, KNOWN) == f"Of 3 workflows, {said}"
    assert "A boundary" not in " ".join(wording.told(told))


def test_what_runs_is_compared_with_what_fits_best():
    assert "\n".join(wording.running(TOLD)) == (
        "Of 5 workflows whose model of today can be compared, 2 run on what fits best or ties with it, and 3 on "
        "another.\n"
        "A must-have rules out what runs in 1 of them and the regret of the others is 43.5 points of fit on average. "
        "In 2 of the 3 no single step of an answer would change which model fits best.\n"
        "Nothing is said of what runs in 1.\n"
        "In 1 Hybrid runs but no core and reactions are named, so what runs has no fit to compare.\n"
        "In 1 the column current_model names no model (allowed are orchestration, choreography, and hybrid): row 8 "
        "('saga').\n"
        "In the other 2 there is no verdict to compare with."
    )


def test_where_nothing_has_a_verdict_nothing_else_is_said_of_what_runs():
    assert wording.running(TOLD.only({}, "few")) == ["In 1 there is no verdict to compare with."]


def test_of_one_workflow_it_is_said_in_the_singular():
    assert " ".join(wording.running(TOLD.only({}, "orders"))) == (
        "Of 1 workflow whose model of today can be compared, 0 run on what fits best or ties with it, and 1 on "
        "another. The regret of that one is 83.3 points of fit. No single step of an answer would change which model "
        "fits best."
    )
    assert wording.running(TOLD.only({}, "close"))[1].endswith(
        "A single step of an answer would change which model fits best."
    )
    assert wording.running(TOLD.only({}, "feed"))[0].endswith(
        "can be compared, 1 runs on what fits best or ties with it, and 0 on another."
    )


def test_without_the_column_it_is_said_what_it_would_hold():
    told = estate.look(TABLE.drop(columns="current_model"), KNOWN)
    (said,) = wording.running(told)
    assert said == (
        "Nothing is said of what runs today; a column current_model would say it, with orchestration, choreography, "
        "and hybrid in its cells."
    )


def test_only_the_first_rows_with_a_mistake_are_named_and_all_are_counted():
    wrong = pd.DataFrame({"order": ["9"] * 7, "scale": "x", "upkeep": "", "current_model": "saga"}, dtype="str")
    told = estate.look(wrong, KNOWN)
    assert "Not read: 7, where" in wording.told(told)[0]
    assert "row 2, column order ('9'), scale ('x'); row 3, " in wording.told(told)[0]
    assert "row 6, column order ('9'), scale ('x'); and 2 more" in wording.told(told)[0]
    assert "In 7 the column current_model names no model" in wording.running(told)[-1]
    assert "row 6 ('saga'); and 2 more" in wording.running(told)[-1]


def test_must_haves_that_rule_out_all_are_told():
    both = TABLE.assign(order_must="yes", scale_must="yes")
    assert wording.must_haves(estate.look(both, STRICT).counts) == (
        "Must-haves rule a model out in 8, and every model in 8, where none is then left out."
    )


def test_a_workflow_is_told_by_what_it_runs_on():
    said = {w.name: wording.today(w, KNOWN) for w in TOLD.ranked(10)}
    assert said["Orders"] == "It runs on Choreography today, which fits 83.3 points less well than the best."
    assert said["Audit"] == "It runs on Choreography today, which a must-have rules out."
    assert said["Feed"] == "It runs on Choreography today, which fits best."
    assert said["Even"] == "It runs on Orchestration today, which fits best with others."
    assert said["Pair"] == "It runs on Hybrid today, which has no fit here to compare."
    assert said["Silent"] == "Nothing is said of what it runs on today."


def test_groups_that_stand_out_are_named():
    assert wording.groups(TOLD.by("team"), "team") == (
        "By team, the most workflows on another model than fits best: red (2 of 4) and (empty) (1 of 2)."
    )
    fine = estate.look(TABLE.assign(current_model=""), KNOWN).only({"team": "red"})
    assert wording.groups(fine.by("team"), "team") == (
        "By team, none stands out: all run on what fits best as far as is known."
    )
    assert "No column of text" in wording.groups({}, "")


def test_names_that_are_cut_alike_each_stand_once():
    long = estate.look(TABLE.assign(team=["x" * 50 + str(row % 2) for row in range(10)]), KNOWN)
    assert [counts.workflows for counts in wording.top(long.by("team"), 9).values()] == [5, 5]


def test_a_workflow_without_a_name_is_called_by_its_row_once():
    told = estate.look(TABLE.drop(columns=["workflow", "team", "current_model"]), KNOWN)
    assert wording.named(told.one(2)) == "Row 2"
    assert wording.named(TOLD.one(2)) == "Orders (row 2, red)"


def test_a_column_is_called_by_its_own_name_everywhere():
    found = TOLD.by("current_model")
    assert wording.groups(found, "current_model").startswith("By current_model, the most workflows")
    assert wording.by(found, "current_model", 9) == "By current_model: 5 groups, the largest first."
    assert wording.short("current_model") == "current_model"
    assert wording.chosen(TOLD, 20, {"current_model": "saga"}, "") == "Only 10 workflows of 20: current_model saga."


def test_what_is_chosen_is_said():
    some = TOLD.only({"team": "red"}, "even")
    assert wording.chosen(some, 10, {"team": "red"}, "even") == (
        "Only 1 workflow of 10: team red and with “even” in their texts."
    )
    assert wording.chosen(TOLD, 10, {}, " ") == ""


def test_a_text_stays_on_its_line_and_turns_nothing_around_it():
    assert wording.short("a\u202eb\x07\nc" + "d" * 80) == "ab c" + "d" * 55 + "…"
