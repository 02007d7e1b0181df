"""The portfolio controls: tables are read anew, mistakes told, a workflow is carried over, nothing is overwritten."""

import html
import os
import re
import shutil
from pathlib import Path

import ipywidgets as w
import pytest
from conftest import EXAMPLES
from test_widgets import find, press

from decision_kit import Decision, evaluate, extras, knowledge, portfolio
from decision_kit.estate import table_files
from decision_kit.widgets import decide
from decision_kit.widgets import estate as widgets
from decision_kit.widgets.estate import Survey

SAMPLE = EXAMPLES / "portfolio.csv"


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    return Survey(tmp_path)


def put(folder: Path, text: str, name: str = "own.csv") -> Path:
    """Put a table into the folder; each is newer than the one before."""
    path = folder / "portfolios" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    put.now = getattr(put, "now", 2_000_000_000) + 1
    os.utime(path, (put.now, put.now))
    return path


def test_without_a_table_of_ones_own_it_shows_the_sample_and_says_that_it_is_made_up(survey: Survey, tmp_path: Path):
    assert "made-up workflows of an organisation that does not exist" in survey.said.value
    assert "Of 500 workflows, Orchestration fits 344 best, Choreography 137, and Hybrid 19." in survey.overview.value
    assert "127 on another" in survey.lists["wrong"].value
    assert "By team, the most workflows on another model" in survey.by_group.value
    assert list(tmp_path.iterdir()) == []


def test_the_legend_names_what_occurs_and_no_more(survey: Survey):
    assert re.findall(r"</svg> ([^<]+)<", survey.legend.value) == ["Orchestration", "Choreography", "Hybrid"]
    find(survey.chooser, w.Text, "Which word").value = "refund"
    assert "Hybrid" not in survey.legend.value


def test_the_newest_table_of_ones_own_is_shown_and_read_again_at_the_next_start(tmp_path: Path):
    shown = widgets.survey(str(tmp_path))
    choice = find(shown.chooser, w.Dropdown, "Which table?")
    lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    own = put(tmp_path, "".join(lines[:4]))
    assert widgets.survey(str(tmp_path)) is shown
    assert list(dict(choice.options)) == ["The sample: made-up workflows", "own.csv"]
    choice.value = own
    assert "Of 3 workflows" in shown.overview.value
    assert "made-up" not in shown.said.value
    put(tmp_path, "".join(lines[:5]))
    widgets.survey(str(tmp_path))
    assert "Of 4 workflows" in shown.overview.value
    assert "Of 4 workflows" in Survey(tmp_path).overview.value


def test_a_table_with_a_mistake_is_told_and_the_last_good_one_stays(tmp_path: Path):
    put(tmp_path, "workflow\nOrders\n", "bad.csv")
    shown = Survey(tmp_path)
    names = ", ".join(f"&#39;{name}&#39;" for name in shown.knowledge.requirements)
    first, last = names.rsplit(", ", 1)
    assert f"bad.csv: the columns {first}, and {last} are missing; a portfolio has one for" in shown.about.value
    assert "Of 500 workflows" in shown.overview.value
    choice = find(shown.chooser, w.Dropdown, "Which table?")
    choice.value = tmp_path / "portfolios" / "bad.csv"
    assert "bad.csv: the columns" in shown.message.value
    assert choice.value == shown.sample
    good = put(tmp_path, SAMPLE.read_text(encoding="utf-8"), "good.csv")
    shown.read_again()
    choice.value = good
    good.unlink()
    shown.read_again()
    assert "good.csv: cannot be read (no such file or directory). What is shown was read before." in shown.about.value
    assert "Of 500 workflows" in shown.overview.value


def test_workflows_are_chosen_by_team_domain_and_words(survey: Survey):
    teams, domains = (find(survey.chooser, w.Dropdown, f"Which {name}?") for name in ("team", "domain"))
    domains.value = dict(domains.options)["Payments (71)"]
    assert "Only 71 workflows of 500: domain Payments." in survey.chosen_said.value
    assert "Of 71 workflows" in survey.overview.value
    teams.value = dict(teams.options)["Search (27)"]
    assert "Only 0 workflows of 500: domain Payments and team Search. What was chosen before" in survey.message.value
    assert teams.value == ()
    find(survey.chooser, w.Text, "Which word").value = "REFUND"
    assert "with “REFUND” in their texts" in survey.chosen_said.value
    assert all("refund" in workflow.name.casefold() for workflow in survey.offered)
    domains.value = ()
    find(survey.chooser, w.Text, "Which word").value = ""
    assert survey.chosen_said.value == ""
    assert "Of 500 workflows" in survey.overview.value


def test_figures_by_another_column_follow(survey: Survey):
    find(survey.groups, w.Dropdown, "Group by").value = "current_model"
    assert "By current_model: 3 groups, the largest first." in survey.by_group.value
    (drawn,) = survey.drawn_groups.outputs
    bars = drawn["data"]["application/vnd.plotly.v1+json"]["data"]
    assert sum(sum(bar["x"]) for bar in bars) == 500


def test_a_table_without_groups_or_a_verdict_is_shown_too(tmp_path: Path):
    put(tmp_path, ",".join(knowledge.load().requirements) + "\n" + "," * 12 + "\n")
    shown = Survey(tmp_path)
    assert shown.message.value == ""
    assert "none has enough answers for a verdict" in shown.overview.value
    assert "No column of text is there to group by" in shown.by_group.value
    assert "Not enough answers for a verdict" in shown.verdict.value
    assert find(shown.groups, w.Dropdown, "Group by").options == ()
    shown.export(".html")
    assert "Written, with 1 workflow:" in shown.written.value


def test_one_workflow_is_found_by_row_or_words_and_shown_as_evaluate_says(survey: Survey):
    find(survey.one, w.Text, "Find a workflow").value = "349"
    assert survey.row == 349
    row = survey.whole.table.loc[349].to_dict()
    assert evaluate(portfolio.decision(row)).verdict.kind.capitalize() in survey.verdict.value
    assert "Refund a card payment, business customers (row 349, Ledger, Payments)" in survey.today.value
    find(survey.one, w.Text, "Find a workflow").value = "no such word"
    assert "No workflow that is chosen above has “no such word” in its texts." in survey.message.value
    assert survey.row == 349
    find(survey.one, w.Text, "Find a workflow").value = "refund"
    choice = find(survey.one, w.Dropdown, "Workflow")
    choice.value = choice.options[1][1]
    assert survey.row == choice.options[1][1]


def test_a_workflow_with_a_bad_cell_is_told_by_row_and_column_and_not_carried(tmp_path: Path):
    header, first, *_ = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    put(tmp_path, header + first + first.replace(",1,1,0,", ",1,9,0,"))
    shown = Survey(tmp_path)
    told = "Not read: 1, where a cell holds what is not allowed: row 3, column consistency_compensation (&#39;9&#39;)"
    assert told in shown.overview.value
    find(shown.one, w.Text, "Find a workflow").value = "3"
    assert "row 3, column consistency_compensation: &#39;9&#39; is not allowed" in shown.today.value
    assert shown.verdict.value == ""
    press(shown.one, "Carry it into 1_decide")
    assert "row 3, column consistency_compensation" in shown.message.value
    assert not (tmp_path / "decisions").exists()


def test_carried_over_it_opens_in_the_decision_notebook_and_nothing_is_overwritten(tmp_path: Path, survey: Survey):
    running = decide.desk(str(tmp_path))
    assert running.path is None
    find(survey.one, w.Text, "Find a workflow").value = "349"
    press(survey.one, "Carry it into 1_decide")
    assert 'href="1_decide.ipynb"' in survey.carried.value
    path = tmp_path / "decisions" / "refund-a-card-payment-business-customers.decision.json"
    kept = Decision.open(path)
    assert kept.answers == portfolio.decision(survey.whole.table.loc[349].to_dict()).answers
    assert kept.context == (
        "Row 349 of the sample that comes with the kit, made-up workflows from which nothing may be concluded about "
        "real systems. team: Ledger; domain: Payments; runs today on: choreography."
    )
    assert decide.desk(str(tmp_path)) is running
    assert running.path == path
    assert "Refund a card payment" in str(find(running.chooser, w.Dropdown, "Open").options)
    press(survey.one, "Carry it into 1_decide")
    assert len(list((tmp_path / "decisions").iterdir())) == 2


def test_where_another_decision_is_open_in_the_decision_notebook_it_stays_and_the_list_has_what_was_carried(
    tmp_path: Path, survey: Survey
):
    Decision("Another").save(tmp_path / "decisions" / "another.decision.json")
    running = decide.desk(str(tmp_path))
    press(survey.one, "Carry it into 1_decide")
    decide.desk(str(tmp_path))
    assert running.decision.name == "Another"
    choice = find(running.chooser, w.Dropdown, "Open")
    told = re.search("choose “(.*)” there and press “(.*)”", html.unescape(survey.carried.value))
    choice.label = told[1]
    press(running.chooser, told[2])
    assert running.decision.answers == survey.shown.decision(survey.row).answers


def test_a_workflow_of_ones_own_table_says_which_table_it_was_carried_over_from(tmp_path: Path):
    put(tmp_path, "".join(SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), "our systems.csv")
    press(Survey(tmp_path).one, "Carry it into 1_decide")
    (kept,) = (tmp_path / "decisions").iterdir()
    assert Decision.open(kept).context.startswith("Row 3 of the portfolio our systems.csv. team: ")


def test_what_was_written_of_one_table_is_not_told_of_the_next(survey: Survey, tmp_path: Path):
    own = put(tmp_path, SAMPLE.read_text(encoding="utf-8"))
    press(survey.exports, "Write the report")
    assert "Written, with 500 workflows" in survey.written.value
    survey.open(own)
    assert survey.written.value == ""


def test_the_link_to_the_report_stays_where_the_table_is_written_too(survey: Survey):
    for kind in ("Write the report", "Write the table as CSV", "Write the table as CSV"):
        press(survey.exports, kind)
    written = re.findall(r"<b>[^<]*?([^</]+)</b>", survey.written.value)
    assert written == ["sample-scored-2.csv", "sample-report.html"]
    assert 'class="dk-open"' in survey.written.value


def test_exports_hold_what_is_chosen_say_their_size_and_never_overwrite(survey: Survey, tmp_path: Path):
    domains = find(survey.chooser, w.Dropdown, "Which domain?")
    domains.value = dict(domains.options)["Payments (71)"]
    for kind in ("Write the report", "Write the table as CSV", "Write the table as Parquet") * 2:
        press(survey.exports, kind)
        assert "Written, with 71 workflows:" in survey.written.value
        assert " kB)" in survey.written.value
    folder = tmp_path / "portfolios"
    assert sorted(path.name for path in folder.iterdir()) == [
        "sample-report-2.html",
        "sample-report.html",
        "sample-scored-2.csv",
        "sample-scored-2.parquet",
        "sample-scored.csv",
        "sample-scored.parquet",
    ]
    assert len(table_files.read(folder / "sample-scored.csv")) == 71
    report = (folder / "sample-report.html").read_text(encoding="utf-8")
    assert "Only 71 workflows of 500: domain Payments." in report
    assert "made-up workflows of an organisation that does not exist" in report
    assert "data-dk-choose" in survey.lists["wrong"].value
    assert "<button" not in report
    survey.open(folder / "sample-scored.parquet")
    assert "left out and worked out anew, by the ratings of today" in survey.said.value
    press(survey.exports, "Write the table as CSV")
    assert (folder / "sample-scored-3.csv").exists()


def test_parquet_is_offered_only_where_it_can_be_written_and_else_it_is_said_how(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
):
    def offered() -> bool:
        return find(survey.exports, w.Button, "Write the table as Parquet").layout.display != "none"

    def said() -> str:
        return " ".join(html.unescape(part.value) for part in survey.exports.children if isinstance(part, w.HTML))

    assert offered()
    assert "terminal" not in said()
    monkeypatch.setattr(table_files, "PARQUET", "no_such_package")
    survey.read_again()
    assert not offered()
    assert f"To write Parquet too, run {extras.install('no_such_package')} in a terminal." in said()


def test_what_was_written_stays_told_where_the_next_writing_fails(survey: Survey, tmp_path: Path):
    press(survey.exports, "Write the table as CSV")
    told = survey.written.value
    assert "sample-scored.csv" in told
    shutil.rmtree(tmp_path / "portfolios")
    (tmp_path / "portfolios").write_text("a file in the way")
    press(survey.exports, "Write the report")
    assert "cannot be written" in survey.message.value
    assert survey.written.value == told


def test_a_full_or_forbidden_folder_is_told(survey: Survey, tmp_path: Path):
    (tmp_path / "portfolios").write_text("a file in the way")
    press(survey.exports, "Write the report")
    assert "cannot be written" in survey.message.value
    assert survey.written.value == ""


def test_a_table_of_a_hundred_thousand_workflows_shows_the_first_and_counts_the_rest(tmp_path: Path):
    shutil.copytree(EXAMPLES, tmp_path / "portfolios", ignore=shutil.ignore_patterns("*.json", "README.md"))
    header, *rows = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    put(tmp_path, header + "".join(rows) * 200, "big.csv")
    shown = Survey(tmp_path)
    assert "Of 100,000 workflows, Orchestration fits 68,800 best" in shown.overview.value
    assert "The first 20 of 25,400 workflows on another model" in shown.lists["wrong"].value
    assert shown.lists["wrong"].value.count("<tr>") == 21
    assert "The first 50 of 100,000" in shown.offered_said.value
