"""The back-test: nobody is judged by their own organisation, and every figure is told with its uncertainty."""

from dataclasses import replace
from pathlib import Path

import pytest

from decision_kit import backtest, cases, cases_wording, knowledge
from decision_kit.cases import Case

SHIPPED = knowledge.load()
KNOWN = cases.of(SHIPPED)


@pytest.fixture(scope="module")
def result() -> backtest.Backtest:
    return backtest.run(KNOWN, SHIPPED)


def test_every_documented_case_of_one_model_is_judged_and_the_others_are_skipped_with_a_reason(
    result: backtest.Backtest,
):
    assert result.experts.of == result.cases.of == result.combined.of == result.baseline.of == 46
    for case in KNOWN:
        judged = case.standing == "documented" and (case.model != "hybrid" or case.scoped)
        assert (case.id in result.skipped) != judged
    assert set(result.to_dict()["skipped"]) == set(result.skipped)


def test_both_voices_together_are_better_than_each_and_than_the_commonest_model(result: backtest.Backtest):
    assert result.baseline.right < result.experts.right <= result.combined.right
    assert result.cases.right <= result.combined.right
    assert result.combined.brier < result.cases.brier < result.experts.brier < result.baseline.brier


def test_reading_silence_as_one_level_turns_nothing_for_both_voices_together(result: backtest.Backtest):
    for read in result.blanks.values():
        assert abs(read["combined"].right - result.combined.right) <= 1
        assert read["combined"].brier < 0.13


def test_the_confusion_adds_up(result: backtest.Backtest):
    for voice in (result.experts, result.cases, result.combined):
        assert sum(sum(named.values()) for named in voice.confusion.values()) == voice.of
        assert sum(named.get(model, 0) for model, named in voice.confusion.items()) == voice.right
    assert sum(of for _, of in result.calibration.values()) == result.combined.of


def test_wilsons_interval_is_the_published_one():
    # 15 of 20 is an example of Brown, Cai and DasGupta's survey of such intervals: 0.531 to 0.888
    row = [(KNOWN[0], KNOWN[0].model, 0.5)] * 15 + [(KNOWN[0], "none", 0.5)] * 5
    found = backtest.judged(row)
    assert (round(found.low, 3), round(found.high, 3)) == (0.531, 0.888)
    assert found.brier == 0.25


def test_a_case_is_not_judged_by_its_own_organisation():
    copied = replace(KNOWN[0], id="copy", model="choreography")
    strange = [replace(case, id=f"{case.id}-2", organisation=f"{case.organisation} 2", parent="") for case in KNOWN[:1]]
    alone = backtest.run([KNOWN[0]], SHIPPED)
    beside = backtest.run([KNOWN[0], copied], SHIPPED)
    assert beside.combined.of == alone.combined.of + 1
    # Under another name the case is its own nearest neighbour, and both voices are surer.
    assert backtest.run(strange, SHIPPED).combined.brier < alone.combined.brier


def test_a_file_of_others_teaches_nothing():
    others = [Case(f"x{n}", f"Org {n}", "flow", "choreography", {"strict_ordering": 4}) for n in range(6)]
    one = backtest.run(others[:1], SHIPPED)
    all_ = backtest.run(others, SHIPPED)
    assert all_.combined.brier == pytest.approx(one.combined.brier)
    assert all_.combined.right == 0


def test_nothing_to_judge_is_no_error():
    found = backtest.run([], SHIPPED)
    assert (found.experts.right, found.experts.of, found.experts.brier) == (0, 0, None)
    assert cases_wording.backtest(found).startswith("Of 0 cases")


def test_a_hybrid_with_coded_scopes_is_asked_for_its_boundary():
    hybrid = Case(
        "h", "Acme", "flow", "hybrid", {"strict_ordering": 4, "throughput_scale": 4, "loose_coupling_autonomy": 4},
        core="pay", reactions="mail", core_needs=("strict_ordering",),
        reactions_needs=("throughput_scale", "loose_coupling_autonomy"),
    )  # fmt: skip
    found = backtest.run([hybrid, replace(hybrid, id="p", model="orchestration")], SHIPPED).hybrid
    assert (found.right, found.of, found.false_alarms, found.pure) == (1, 1, 1, 1)


def test_more_organisations_make_the_combined_reading_better():
    curve = backtest.learning_curve(SHIPPED, (5, 30), repeats=2)
    assert curve[30] < curve[5]


def test_the_command_prints_the_promised_fields(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    import json  # noqa: PLC0415 - for this test alone

    from decision_kit.cli import main  # noqa: PLC0415 - for this test alone

    path = tmp_path / "some.csv"
    path.write_text(cases.to_csv(KNOWN[:3], SHIPPED), encoding="utf-8")
    assert main(["backtest", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for voice in ("experts", "cases", "combined"):
        assert {"right", "of", "brier"} <= set(found[voice])
    assert {"right", "of", "false_alarms"} <= set(found["hybrid"])
    assert found["skipped"] == []
    assert main(["backtest", str(path)]) == 0
    assert "Of 3 cases with one model" in capsys.readouterr().out
    assert main(["backtest", str(tmp_path / "none.csv")]) == 2
