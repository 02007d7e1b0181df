"""The sentences about documented cases: nothing surer is said than what is known."""

from decision_kit import Decision, cases_wording, evaluate


def test_where_there_is_no_verdict_what_teams_chose_is_not_counted():
    few = evaluate(Decision.from_answers("Any", {"strict_ordering": 4, "consistency_compensation": "not sure"}))
    assert cases_wording.teams(few) == [
        "There is no verdict yet, so what the nearest teams chose is not counted: too little is answered."
    ]
