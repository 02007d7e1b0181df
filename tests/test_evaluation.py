"""The verdict: four kinds by rules told in words, the article's systems as it names them, ties left as ties."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import Decision, InputError, Knowledge, evaluate, knowledge, scoring
from decision_kit.evaluation import CLEAR, CLOSE, LEANING, NOT_ENOUGH

SHIPPED = knowledge.load()
NAMED = {"core": "pay", "reactions": "mail"}


@pytest.mark.parametrize(
    ("example", "model"),
    [
        ("uber-rides", "hybrid"),
        ("netflix-transcoding", "orchestration"),
        ("amazon-orders", "choreography"),
        ("spotify-streaming", "choreography"),
        ("order-and-payment", "hybrid"),
    ],
)
def test_each_system_of_the_article_gets_the_model_the_article_names(example: str, model: str):
    decision = Decision.open(EXAMPLES / f"{example}.decision.json")
    assert evaluate(decision).verdict.model == model


def test_a_choice_that_is_no_model_is_told_with_those_allowed(small: Knowledge):
    with pytest.raises(InputError, match="chosen: 'magic' is not a model; allowed are orchestration, choreography"):
        evaluate(Decision("Any", chosen="magic"), small)


def test_every_example_is_held_to_its_model():
    assert len(list(EXAMPLES.glob("*.decision.json"))) == 5


# In the small knowledge, order speaks 4 steps for orchestration, upkeep 1 step, scale 2 steps for choreography.
@pytest.mark.parametrize(
    ("answers", "kind", "model", "told"),
    [
        ({"order": 2, "scale": 3, "upkeep": 0}, CLOSE, None, "tie exactly"),
        ({"order": 2, "scale": 3, "upkeep": 1}, CLOSE, None, "weighs 1.1 times what speaks against it"),
        ({"order": 2, "scale": 3, "upkeep": 2}, LEANING, "orchestration", "weighs 1.2 times"),
        ({"order": 2, "scale": 2, "upkeep": 0}, CLEAR, "orchestration", "weighs 2.0 times"),
        ({"order": 4, "scale": 0, "upkeep": 0}, CLEAR, "orchestration", "No answer speaks for"),
        ({"order": 0, "scale": 4, "upkeep": 0}, CLEAR, "choreography", "No answer speaks for"),
        ({"order": 0, "scale": 0, "upkeep": 0}, NOT_ENOUGH, None, "Nothing is needed"),
        (
            {"order": 4},
            NOT_ENOUGH,
            None,
            "1 of 3 questions is answered with a level or a range of levels; a verdict needs at least 2",
        ),
        ({"order": 4, "scale": "not sure"}, NOT_ENOUGH, None, "1 of 3 questions is answered with a level"),
    ],
)
def test_the_kind_follows_from_what_speaks_for_and_against(
    small: Knowledge, answers: dict[str, object], kind: str, model: str | None, told: str
):
    verdict = evaluate(Decision.from_answers("Case", answers), small).verdict
    assert (verdict.kind, verdict.model) == (kind, model)
    assert told in verdict.rule


def test_a_tie_names_both_and_recommends_neither(small: Knowledge):
    verdict = evaluate(Decision.from_answers("Tie", {"order": 2, "scale": 3}), small).verdict
    assert verdict.first == ("orchestration", "choreography")
    assert verdict.model is None


def test_questions_left_open_keep_a_verdict_from_being_clear():
    answers = dict.fromkeys(SHIPPED.requirements, 0) | {
        "fault_isolation": 2, "audit_visibility": 3, "latency_responsiveness": 2, "fanout_extensibility": 2,
        "security_of_plane": 4,
    }  # fmt: skip
    whole = evaluate(Decision.from_answers("Any", answers), SHIPPED)
    some = evaluate(Decision.from_answers("Any", {r: level for r, level in answers.items() if level}), SHIPPED)
    assert whole.scores.fit == some.scores.fit
    assert "comes first in 55 % of the readings" in whole.verdict.rule
    assert "comes first in 37 % of the readings" in some.verdict.rule
    assert (whole.verdict.kind, some.verdict.kind) == ("clear", "too close to call")


def test_a_model_left_alone_by_must_haves_only_leads_where_another_fits_better(small: Knowledge):
    answers = {"order": {"level": 1, "must": True}, "scale": 4, "upkeep": 0}
    verdict = evaluate(Decision.from_answers("Must", answers), small).verdict
    assert (verdict.kind, verdict.model) == (LEANING, "orchestration")
    assert verdict.rule == "It alone fails no must-have, though Choreography fits the rest better."


@pytest.mark.parametrize("level", [1, 2, 3, 4, [1, 3], "not sure"])
def test_thirteen_equal_answers_are_never_clear(level: object):
    verdict = evaluate(Decision.from_answers("Equal", dict.fromkeys(SHIPPED.requirements, level))).verdict
    assert verdict.kind != CLEAR


def test_the_lean_of_the_shipped_knowledge_is_told():
    ahead, behind, lead = evaluate(Decision("Any")).lean
    assert (ahead, behind) == ("orchestration", "choreography")
    assert 0.05 < lead < 0.1


def test_the_boundary_is_priced_by_hand(small: Knowledge):
    answers = {"order": {"level": 4, "scope": "core"}, "scale": {"level": 3, "scope": "reactions"}, "upkeep": 2}
    boundary = evaluate(Decision.from_answers("Priced", answers, **NAMED), small).boundary
    assert boundary.crossing == Fraction(1, 16)
    assert boundary.two_planes == Fraction(2 * (Fraction(3, 2) - 1), 4 * 14)
    assert boundary.without == ("orchestration",)
    assert boundary.gain == Fraction(85, 112) - Fraction(40, 56)


CROSSING = SHIPPED.settings["crossing_cost"]
CHEAP_AND_DEAR = [
    replace(SHIPPED, settings={**SHIPPED.settings, "crossing_cost": replace(CROSSING, value=Fraction(cost))})
    for cost in ("0.1", "0.5")
]


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
def test_a_dearer_crossing_never_helps_a_hybrid(order: int, scale: int, upkeep: int):
    answers = {
        "strict_ordering": {"level": order, "scope": "core"},
        "throughput_scale": {"level": scale, "scope": "reactions"},
        "debug_traceability": upkeep,
    }
    decision = Decision.from_answers("Price", answers, **NAMED)
    fits = [scoring.score(decision, known).fit["hybrid"] for known in CHEAP_AND_DEAR]
    assert fits == [None, None] or fits[0] > fits[1]


def test_a_scope_that_contradicts_the_boundary_is_pointed_out():
    answers = {
        "strict_ordering": {"level": 4, "scope": "reactions"},
        "fanout_extensibility": {"level": 3, "scope": "core"},
    }
    told = evaluate(Decision.from_answers("Crossed", answers, **NAMED)).contradictions
    assert [sentence.split(" is marked")[0] for sentence in told] == ["Strict ordering", "Adding new listeners"]


def test_the_result_as_plain_values_holds_the_promised_fields_and_adds_up(order_and_payment: Decision):
    result = json.loads(json.dumps(evaluate(order_and_payment).to_dict()))
    assert {"kind", "model", "rule"} <= set(result["verdict"])
    assert set(result["fit"]) == {"orchestration", "choreography", "hybrid"}
    for model in result["eligible"]:
        assert sum(c["fit"][model] for c in result["contributions"]) == pytest.approx(result["fit"][model], abs=1e-12)
    assert result["missing"] == []


def test_an_ineligible_hybrid_has_no_fit_and_is_told_what_it_lacks():
    result = evaluate(Decision.open(EXAMPLES / "amazon-orders.decision.json")).to_dict()
    assert result["fit"]["hybrid"] is None
    assert result["eligible"] == ["orchestration", "choreography"]
    assert len(result["lacking"]["hybrid"]) == 2
    assert len(result["missing"]) == 8


def test_the_same_file_gives_the_same_result_to_the_last_digit(tmp_path: Path, order_and_payment: Decision):
    order_and_payment.save(tmp_path / "again.json")
    assert evaluate(Decision.open(tmp_path / "again.json")).to_dict() == evaluate(order_and_payment).to_dict()


def test_a_folder_with_models_of_ones_own_is_scored(small: Knowledge):
    renamed = {"orchestration": "conductor", "choreography": "crowd"}
    own = replace(
        small,
        models={renamed[m]: replace(small.models[m], id=renamed[m]) for m in renamed},
        ratings=tuple(replace(r, model=renamed[r.model]) for r in small.ratings),
    )
    result = evaluate(Decision.from_answers("Own", {"order": 4, "scale": 1}), own).to_dict()
    assert result["verdict"]["model"] == "conductor"
    assert set(result["fit"]) == {"conductor", "crowd"}
