"""What a team's CI is told of a folder of records: every kind of trouble once, and nothing where all is well."""

import json
import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import EXAMPLES

from decision_kit import Decision, InputError, Knowledge, check, cli, evaluate, files, knowledge, records

TODAY = date(2026, 11, 25)
SHIPPED = knowledge.load()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a record of every example once, the first superseded by the second."""
    folder = tmp_path_factory.mktemp("exported")
    for path in sorted(EXAMPLES.glob("*.decision.json")):
        records.export(evaluate(replace(Decision.open(path), review="2027-01-01")), folder)
    first, second, *_ = sorted(folder.glob("*.md"))
    records.supersede(first, second, SHIPPED)
    return folder


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """Give a copy of these records."""
    return Path(shutil.copytree(exported, tmp_path, dirs_exist_ok=True))


def found(folder: Path, known: Knowledge = SHIPPED, today: date = TODAY) -> list[tuple[str, str]]:
    return [(finding.file[:4], finding.rule) for finding in check.check(folder, known, today)]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def one(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def test_nothing_is_found_where_all_is_well(folder: Path):
    assert found(folder) == []


def test_two_records_with_one_number_are_told(folder: Path):
    (folder / "0003-by-hand.md").write_text("# By hand\n")
    (told,) = check.check(folder, SHIPPED, TODAY)
    assert (told.rule, told.file) == ("number", "0003-coordinate-order-and-payment-with-a-hybrid-of-orchestration-and-choreography")  # fmt: skip  # noqa: E501
    assert told.text == "bears the number 3, as 0003-by-hand does; give one of them another, such as 6."


def test_a_link_that_leads_nowhere_is_told_in_any_record(folder: Path):
    (folder / "0006-by-hand.md").write_text(
        "# By hand\n\n[a](0001-gone.md) `[b](code.md)` [c](#here) [d](https://a.org/x.md) [e](0006-by-hand.md#x)\n"
    )
    (told,) = check.check(folder, SHIPPED, TODAY)
    assert told.text == "links to 0001-gone.md, which is not there; correct the link."


def test_a_superseded_record_without_a_successor_is_told(folder: Path):
    records.amend(one(folder, "0003*.md"), SHIPPED, status="superseded")
    (folder / "0006-nygard.md").write_text("# 6. Old\n\n## Status\n\nSuperseded\n")
    (folder / "0007-madr.md").write_text("---\nstatus: superseded\n---\n# Old\n")
    (folder / "0008-madr.md").write_text("---\nstatus: superseded by ADR-0001\n---\n# Old\n")
    assert found(folder) == [("0003", "superseded"), ("0003", "superseded"), ("0006", "superseded"), ("0007", "superseded")]  # fmt: skip  # noqa: E501


def test_a_supersede_told_in_one_record_alone_is_told_in_both_directions(folder: Path):
    first, second = (one(folder, f"{number}*.json") for number in ("0001", "0002"))
    Decision.open(second)
    replace(Decision.open(second), supersedes=()).save(second)
    assert ("0001", "superseded") in found(folder)
    replace(Decision.open(first), status="accepted", superseded_by="").save(first)
    replace(Decision.open(second), supersedes=(records.stem_of(first),)).save(second)
    assert ("0002", "superseded") in found(folder)


def test_a_review_date_that_passed_is_told_while_the_decision_is_in_force(folder: Path):
    assert found(folder, today=date(2027, 1, 1)) == []
    late = found(folder, today=date(2027, 1, 2))
    assert late == [(number, "review") for number in ("0002", "0003", "0004", "0005")]  # the first is superseded


def test_a_record_edited_by_hand_is_told(folder: Path):
    edit(one(folder, "0002*.md"), "## Decision Outcome", "## Decision outcome")
    edit(one(folder, "0004*.json"), '"status": "proposed"', '"status": "accepted"')
    assert found(folder) == [("0002", "edited"), ("0004", "edited"), ("0004", "edited")]  # the record and the report


def test_a_file_that_cannot_be_read_is_told(folder: Path):
    one(folder, "0002*.json").write_text("{", encoding="utf-8")
    one(folder, "0004*.html").write_text("<p>", encoding="utf-8")
    (folder / "0006-x.md").write_bytes(b"\xff")
    told = found(folder)
    assert {("0002", "unreadable"), ("0004", "unreadable"), ("0006", "unreadable")} <= set(told)


def test_a_record_that_is_no_text_is_told_and_the_others_are_checked(folder: Path):
    one(folder, "0002*.md").write_bytes(b"\xff")
    edit(one(folder, "0004*.md"), "## Decision Outcome", "## Decision outcome")
    assert found(folder) == [("0002", "unreadable"), ("0004", "edited")]


def test_a_record_without_its_decision_is_told(folder: Path):
    one(folder, "0005*.json").unlink()
    (told,) = check.check(folder, SHIPPED, TODAY)
    assert told.text.endswith(".decision.json, which is not there; put the two together again.")


def test_a_verdict_that_would_be_another_today_is_told_with_the_ratings_that_moved(folder: Path):
    turned = replace(
        SHIPPED,
        digest="another",
        ratings=tuple(
            replace(r, rating=-r.rating) if r.requirement == "strict_ordering" else r for r in SHIPPED.ratings
        ),
    )
    told = {finding.file[:4]: finding.text for finding in check.check(folder, turned, TODAY)}
    assert told["0003"].startswith(
        "was recorded as “Leaning towards a hybrid of orchestration and choreography”; today's"
    )
    assert "Strict ordering for orchestration from 3.3 to 0.7" in told["0003"]


def test_a_line_that_would_run_elsewhere_today_is_told_by_which_part(tmp_path: Path, rides: Decision):
    records.export(evaluate(rides), tmp_path)
    assert found(tmp_path) == []
    cheaper = {**SHIPPED.settings, "crossing_cost": replace(SHIPPED.settings["crossing_cost"], value=Fraction(0))}
    told = {finding.rule: finding.text for finding in check.check(tmp_path, replace(SHIPPED, settings=cheaper), TODAY)}
    assert told["line"] == (
        "would have its boundary elsewhere under today's knowledge: Ledger of money movements: Orchestration → "
        "Choreography. Changed since: the weights or the settings."
    )


def test_a_recorded_line_edited_by_hand_is_told(tmp_path: Path, rides: Decision):
    *_, path = records.export(evaluate(rides), tmp_path)
    edit(path, '"ledger": "orchestration"', '"ledger": "choreography"')
    assert ("0001", "verdict") in found(tmp_path)
    path.unlink()
    *_, path = records.export(evaluate(rides), tmp_path)
    edit(path, '"title": "Ledger of money movements"', '"title": "Ledger"')
    assert ("0002", "edited") in found(tmp_path)


def test_settings_that_turn_a_verdict_are_not_blamed_on_ratings(folder: Path):
    settings = dict(SHIPPED.settings)
    settings["clear_ratio"] = replace(settings["clear_ratio"], value=settings["clear_ratio"].value * 100)
    told = check.check(folder, replace(SHIPPED, settings=settings), TODAY)
    assert told
    assert all("No rating behind it has changed; the weights or the settings have." in finding.text for finding in told)


def test_a_recorded_figure_edited_by_hand_is_told(folder: Path):
    path = one(folder, "0002*.json")
    basis = Decision.open(path).basis
    assert basis is not None
    edit(path, f'"orchestration": {basis.fit["orchestration"]}', '"orchestration": 0.99')
    assert ("0002", "verdict") in found(folder)


def test_a_change_that_was_cut_off_is_told_and_finished_when_asked(folder: Path, capsys: pytest.CaptureFixture[str]):
    beside = ".0002.part"
    (folder / beside).write_text("# New\n")
    (folder / files.JOURNAL).write_text(json.dumps({"move": {beside: "0009-new.md"}, "remove": []}))
    assert cli.main(["check", str(folder)]) == 1
    assert "--finish` completes it" in capsys.readouterr().out
    assert cli.main(["check", str(folder), "--finish"]) == 0
    assert (folder / "0009-new.md").read_text() == "# New\n"
    (folder / beside).write_text("left")
    assert [finding.text for finding in check.check(folder, SHIPPED, TODAY)] == [
        "is left from a change that was cut off before it began; delete it."
    ]


def test_the_command_gives_findings_as_json_and_exit_1(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    (folder / "0003-by-hand.md").write_text("# By hand\n")
    assert cli.main(["check", str(folder), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert set(told) == {"file", "rule", "text"}
    assert cli.main(["check", str(folder)]) == 1
    assert capsys.readouterr().out == f"{told['file']}: {told['text']}\n"


def test_where_all_is_well_the_command_says_so_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(folder)]) == 0
    assert capsys.readouterr().out == "All is well: 5 records looked at.\n"


def test_two_records_of_one_decision_in_force_are_noted_and_nothing_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str], order_and_payment: Decision
):
    second = records.export(evaluate(order_and_payment), folder)[0]
    assert cli.main(["check", str(folder)]) == 0
    well, note = capsys.readouterr().out.splitlines()
    assert well == "All is well: 6 records looked at."
    assert f" and {second.stem} are of one decision, “Order and payment”, and none takes the place of another" in note
    records.supersede(one(folder, "0003-*.md"), second, SHIPPED)
    assert len(check.notes(folder, [])) == 1


def test_a_folder_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="is not a folder"):
        check.check(tmp_path / "none", SHIPPED, TODAY)


@pytest.mark.parametrize("other", ["README.md", "orders.decision.json", "records/0001-coordinate-orders.md"])
def test_a_folder_without_any_record_is_no_folder_where_all_is_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], other: str
):
    (tmp_path / other).parent.mkdir(exist_ok=True)
    (tmp_path / other).write_text("# Orders\n")
    assert cli.main(["check", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"decision-kit: {tmp_path}: holds no record, a file named such as 0001-coordinate-orders.md; name the folder "
        "that records were exported to, which for the notebooks is records beside decisions.\n"
    )


def test_a_change_cut_off_is_told_also_where_no_record_is_there_yet(tmp_path: Path):
    (tmp_path / f".0001-coordinate-orders.md.1{files.LEFT_OVER}").write_text("")
    assert [finding.rule for finding in check.check(tmp_path, SHIPPED, TODAY)] == ["unfinished"]
