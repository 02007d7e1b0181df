"""The command: what it prints, its exit codes, and one sentence for every mistake."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EXAMPLES, SMALL

from decision_kit import Decision, cli, difference, evaluate, formats, knowledge
from decision_kit.boundaries import into_decision

ORDER = EXAMPLES / "order-and-payment.decision.json"
UBER = [str(EXAMPLES / f"uber-rides.{table}.csv") for table in ("parts", "links")]


def test_score_says_the_verdict_the_ranking_and_the_lean(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["score", str(ORDER)]) == 0
    printed = capsys.readouterr().out
    assert "Leaning towards a hybrid of orchestration and choreography." in printed
    assert "Hybrid          61 %" in printed
    assert "Mind the lean" in printed


def test_score_as_json_prints_what_evaluate_gives(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["score", str(ORDER), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == evaluate(Decision.open(ORDER)).to_dict()


def test_score_of_answers_that_need_nothing_says_that_and_weighs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    nothing = dict.fromkeys(knowledge.load().requirements, 0)
    Decision.from_answers("Idle", nothing).save(tmp_path / "idle.json")
    assert cli.main(["score", str(tmp_path / "idle.json")]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == (
        "Idle\n\nNot enough answers for a verdict.\n"
        "Nothing is needed: no answer is above its lowest level, so nothing can be compared.\n\n"
        "  Orchestration  not compared\n  Choreography   not compared\n  Hybrid         not compared\n\n"
        "Hybrid cannot be compared yet: name the core: the steps that must run in order and be undone together; name "
        "the reactions: who only listens.\n"
    )


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_folder_of_ones_own_knowledge_is_used_wherever_it_is_named(
    before: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    Decision.from_answers("Own", {"order": 4, "scale": 1}).save(tmp_path / "own.json")
    named, score = ["--knowledge", str(SMALL)], ["score", str(tmp_path / "own.json")]
    assert cli.main([*named, *score] if before else [*score, *named]) == 0
    assert "Clear: orchestration." in capsys.readouterr().out


@pytest.mark.parametrize("command", [["score"], ["export", "--to", "records"]], ids=["score", "export"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"schema": 1, "name": "Orders", "da', "is not JSON"),
        ('{"schema": 3, "name": "Orders"}', "is newer than this kit"),
        ('{"schema": 1, "name": "O", "date": "2026-11-23", "answers": [{"requirement": "x", "level": 1}]}',
         "'x' is not a requirement; allowed are strict_ordering"),
        ('{"schema": 1, "name": "O", "date": "2026-11-23", "answers": [{"requirement": "x", "level": 7}]}',
         "level: 7 is not allowed"),
    ],
)  # fmt: skip
def test_a_bad_decision_file_gives_one_sentence_and_exit_2(
    command: list[str],
    text: str,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text(text, encoding="utf-8")
    assert cli.main([*command, "bad.json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("decision-kit: bad.json: ")
    assert told in printed.err
    assert printed.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad.json"]
    assert (tmp_path / "bad.json").read_text(encoding="utf-8") == text


def test_a_missing_file_and_a_broken_knowledge_folder_give_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["score", str(tmp_path / "none.json")]) == 2
    assert "none.json: cannot be read (no such file or directory)" in capsys.readouterr().err
    shutil.copytree(SMALL, tmp_path / "own")
    (tmp_path / "own" / "ratings.csv").write_text("source,requirement,model\n")
    assert cli.main(["--knowledge", str(tmp_path / "own"), "score", str(ORDER)]) == 2
    assert (
        "ratings.csv: the columns 'rating', 'original', and 'note' are missing; needed: source, req"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("form", formats.ENDINGS)
def test_each_format_is_written_alone_but_an_adr_with_the_decision_it_names(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["export", str(ORDER), "--to", str(tmp_path), "--format", form]) == 0
    names = [Path(line).name.partition(".")[2] for line in capsys.readouterr().out.split()]
    alone = "decision.json" if form == "json" else form
    assert names == (["md", "decision.json"] if form in formats.LAYOUTS else [alone])
    assert len(list(tmp_path.iterdir())) == len(names)


def test_diff_opens_any_record_and_says_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order_and_payment: Decision
):
    one, other = tmp_path / "one.decision.json", tmp_path / "other.decision.json"
    order_and_payment.save(one)
    order_and_payment.answer("strict_ordering", level=2).save(other)
    assert cli.main(["export", str(other), "--to", str(tmp_path / "records")]) == 0
    records = [Path(line) for line in capsys.readouterr().out.split()]
    for record in records:
        assert cli.main(["diff", str(one), str(record)]) == 0
        told = capsys.readouterr().out.splitlines()
        assert "Strict ordering: level 4 → level 2" in told
    assert cli.main(["diff", str(records[0]), str(records[1])]) == 0
    assert capsys.readouterr().out == "The two decisions say the same.\n"


def test_diff_as_json_prints_what_sets_them_apart_and_the_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order_and_payment: Decision, rides: Decision
):
    rides.save(tmp_path / "rides.json")
    assert cli.main(["diff", str(ORDER), str(tmp_path / "rides.json"), "--json"]) == 0
    one, other = evaluate(order_and_payment), evaluate(rides)
    printed = json.loads(capsys.readouterr().out)
    assert printed == difference.between(one, other).to_dict()
    assert printed["line"] == [None, other.line.to_dict()]


def test_boundary_says_where_the_line_runs_what_crosses_it_and_what_else_would_cost(
    capsys: pytest.CaptureFixture[str],
):
    assert cli.main(["boundary", *UBER]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        "3 of 8 parts have fewer than the 5 of 13 answers that a verdict needs; where these lie rests on little.\n"
        "Orchestration: Ride flow, Pricing, Dispatch, Payment"
    )
    assert "Choreography: Notifications, Analytics, and Receipts." in printed
    assert "  Ride flow → Notifications (listening)\n" in printed
    assert "Orchestration for everything would cost" in printed
    assert "Nearest to changing sides: Ledger of money movements" in printed
    assert "two rules contradict each other" in printed


def test_boundary_as_json_prints_the_assignment_its_cost_and_that_of_the_alternatives(
    capsys: pytest.CaptureFixture[str],
):
    assert cli.main(["boundary", *UBER, "--json", "--flip", "ledger", "--without", "teams"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["assignment"]["ride"] == "orchestration"
    assert printed["assignment"]["notifications"] == "choreography"
    assert printed["cost"] == pytest.approx(printed["misfit"] + printed["crossings"])
    assert printed["cost"] < min(printed["all_orchestration"], printed["all_choreography"])
    assert list(printed["flips"]) == ["ledger"]
    assert (printed["answers"]["of"], printed["answers"]["enough"]) == (13, 5)
    assert list(printed["answers"]["parts"].values()) == [9, 3, 5, 5, 5, 5, 4, 4]
    assert printed["rules"] == ["undone", "waiting", "contexts", "path"]


def test_of_parts_without_an_answer_command_record_and_report_say_only_that_nothing_is_answered(
    capsys: pytest.CaptureFixture[str], held: Path, tmp_path: Path
):
    parts, links = tmp_path / "parts.csv", tmp_path / "links.csv"
    parts.write_text("id,title\nbook,Booking\nmail,Mails\n", encoding="utf-8")
    links.write_text("from,to\nbook,mail\n", encoding="utf-8")
    said = "Nothing is answered yet for any of the 2 parts, so nothing is said of where the boundary runs."
    assert cli.main(["boundary", str(parts), str(links)]) == 0
    assert capsys.readouterr().out == f"{said}\n"
    assert cli.main(["boundary", str(parts), str(links), "--into", str(held)]) == 0
    assert cli.main(["score", str(held)]) == 0
    assert capsys.readouterr().out.endswith(f"\n{said}\n")
    assert cli.main(["export", str(held), "--to", str(tmp_path / "records")]) == 0
    record, report = (next((tmp_path / "records").glob(f"*.{ending}")) for ending in ("md", "html"))
    for written in (record, report):
        text = written.read_text(encoding="utf-8")
        assert said in text
        assert "Booking → Mails" not in text
        assert "The boundary is drawn from what" not in text
    assert cli.main(["check", str(tmp_path / "records")]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([UBER[0], UBER[0]], "uber-rides.parts.csv: the columns 'from' and 'to' are missing; needed: from, to."),
        ([UBER[0], "none.csv"], "none.csv: cannot be read (no such file or directory)."),
        ([*UBER, "--flip", "horse"], "no part has the id 'horse'; there are ride, pricing, dispatch"),
        ([*UBER, "--without", "speed"], "'speed' is not a rule; allowed are undone, waiting, teams, contexts, path."),
    ],
)  # fmt: skip
def test_what_boundary_cannot_read_is_told_in_one_sentence(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["boundary", *arguments]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert told in printed.err


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """Give a decision file of one's own, without a system."""
    path = tmp_path / "rides.decision.json"
    path.write_bytes((EXAMPLES / "uber-rides.decision.json").read_bytes())
    return path


def test_a_system_gets_into_a_decision_and_from_there_into_its_records(
    capsys: pytest.CaptureFixture[str], held: Path, rides: Decision, tmp_path: Path
):
    assert cli.main(["boundary", *UBER, "--without", "teams", "--into", str(held)]) == 0
    said = "holds this system now; its record and its report say where the boundary runs."
    assert capsys.readouterr().out.endswith(f"\n{held} {said}\n")
    assert Decision.open(held) == replace(rides, system=replace(rides.system, without=("teams",)))
    assert cli.main(["score", str(held)]) == 0
    assert capsys.readouterr().out.endswith("\nChoreography: Notifications, Analytics, and Receipts.\n")
    assert cli.main(["export", str(held), "--to", str(tmp_path / "records")]) == 0
    (record,) = (tmp_path / "records").glob("*.md")
    assert "### Where the Boundary Runs" in record.read_text(encoding="utf-8")
    assert "Switched off: “The boundary runs between teams” (teams)." in record.read_text(encoding="utf-8")


def test_another_system_is_replaced_only_when_that_is_asked_for(capsys: pytest.CaptureFixture[str], held: Path):
    assert cli.main(["boundary", *UBER, "--into", str(held)]) == 0
    before = held.read_bytes()
    assert cli.main(["boundary", *UBER, "--into", str(held), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.partition("now;")[2].partition("\n")[2])["cost"] > 0
    assert cli.main(["boundary", *UBER, "--without", "path", "--into", str(held)]) == 2
    assert capsys.readouterr().err == (
        f"decision-kit: {held}: holds another system already; --force puts this one in its place.\n"
    )
    assert held.read_bytes() == before
    assert cli.main(["boundary", *UBER, "--without", "path", "--into", str(held), "--force"]) == 0
    assert Decision.open(held).system.without == ("path",)


def test_core_and_reactions_that_came_from_the_old_system_go_with_it_and_a_persons_own_words_stay(
    capsys: pytest.CaptureFixture[str], held: Path, tmp_path: Path
):
    parts, links = tmp_path / "parts.csv", tmp_path / "links.csv"
    links.write_text("from,to\nbook,mail\n", encoding="utf-8")
    own = Decision.open(held)
    for title in ("Booking", "Order"):
        parts.write_text(
            f"id,title,strict_ordering,throughput_scale\nbook,{title},4,\nmail,Mails,,4\n", encoding="utf-8"
        )
        assert cli.main(["boundary", str(parts), str(links), "--into", str(held), "--force"]) == 0
    assert capsys.readouterr().out.endswith(f"\n{into_decision.STAY}\n")
    assert replace(Decision.open(held), system=None) == own
    replace(Decision.open(held), core="Order", reactions="Mails").save(held)
    parts.write_text(parts.read_text(encoding="utf-8").replace("Order", "Trip"), encoding="utf-8")
    assert cli.main(["boundary", str(parts), str(links), "--into", str(held), "--force", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["assignment"] == {"book": "orchestration", "mail": "choreography"}
    assert printed.err == f"decision-kit: {held}: {into_decision.RENEWED}\n"
    assert (Decision.open(held).core, Decision.open(held).reactions) == ("Trip", "Mails")


def test_a_record_stays_as_it_was_written(capsys: pytest.CaptureFixture[str], held: Path, tmp_path: Path):
    assert cli.main(["export", str(held), "--to", str(tmp_path / "records"), "--format", "json"]) == 0
    (record,) = (tmp_path / "records").glob("*.json")
    before = record.read_bytes()
    assert cli.main(["boundary", *UBER, "--into", str(record)]) == 2
    assert "is a record and stays as it was written; name the decision" in capsys.readouterr().err
    assert record.read_bytes() == before


def test_a_system_larger_than_a_record_can_show_is_not_kept(
    capsys: pytest.CaptureFixture[str], held: Path, tmp_path: Path
):
    parts, links = tmp_path / "parts.csv", tmp_path / "links.csv"
    parts.write_text("id\n" + "".join(f"p{at}\n" for at in range(201)), encoding="utf-8")
    links.write_text("from,to\n", encoding="utf-8")
    before = held.read_bytes()
    assert cli.main(["boundary", str(parts), str(links), "--into", str(held)]) == 2
    assert capsys.readouterr().err == (
        f"decision-kit: {held}: system: has 201 parts; a decision holds at most 200, so that its record can be read; "
        "gather some of them into one.\n"
    )
    assert held.read_bytes() == before


def test_diff_says_which_parts_a_system_has(capsys: pytest.CaptureFixture[str], held: Path):
    assert cli.main(["boundary", *UBER, "--into", str(held)]) == 0
    capsys.readouterr()
    assert cli.main(["diff", str(EXAMPLES / "uber-rides.decision.json"), str(held)]) == 0
    assert capsys.readouterr().out == "Only the second has a system, of 8 parts.\n"


@pytest.mark.parametrize(
    ("arguments", "begins", "ends"),
    [
        (["score"], "the following arguments are required: FILE;", "`decision-kit score --help` says what is allowed."),
        (["scoer"], "argument COMMAND: invalid choice: 'scoer' (choose from ", "`decision-kit --help` says what is "),
        (["amend", "0001-a.md", "--status", "acceptd"], "argument --status: invalid choice: 'acceptd' (choose from ",
         "`decision-kit amend --help` says what is allowed."),
        (["export", str(ORDER), "--to", "x", "--number", "x"], "argument --number: invalid int value: 'x';",
         "`decision-kit export --help` says what is allowed."),
        (["score", str(ORDER), "--jsn"], "unrecognized arguments: --jsn;", "`decision-kit --help` says what is "),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told_in_one_sentence_without_usage(
    arguments: list[str], begins: str, ends: str, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(arguments) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith(f"decision-kit: {begins}")
    assert ends in printed.err


@pytest.mark.parametrize("command", [["score"], ["backtest"], ["boundary", UBER[0]]], ids=lambda words: words[0])
def test_a_file_without_anything_is_empty_whatever_it_should_hold(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (empty := tmp_path / "empty").write_text("")
    assert cli.main([*command, str(empty)]) == 2
    assert capsys.readouterr().err == f"decision-kit: {empty}: is empty.\n"


def test_score_marks_the_models_that_a_must_have_rules_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    answers = {"fanout_extensibility": 4, "debug_traceability": {"level": 4, "must": True}}
    Decision.from_answers("Orders", answers, date="2026-11-23").save(tmp_path / "orders.json")
    assert cli.main(["score", str(tmp_path / "orders.json")]) == 0
    printed = capsys.readouterr().out.splitlines()
    (out,) = (line for line in printed if line.endswith("% (ruled out)"))
    assert out.split()[0] == "Choreography"
    assert next(line for line in printed if line.startswith("  Orchestration")).endswith(" %")


def test_amend_with_nothing_to_change_says_so_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["export", str(ORDER), "--to", str(tmp_path)]) == 0
    record = next(tmp_path.glob("*.md"))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    capsys.readouterr()
    for changes in ([], ["--status", Decision.open(ORDER).status]):
        assert cli.main(["amend", str(record), *changes]) == 0
        assert capsys.readouterr().out == f"{record}: nothing to change; the record says all of this already.\n"
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before
