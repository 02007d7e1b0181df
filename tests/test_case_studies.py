"""The case controls: filters narrow, mistakes are told, a case of one's own is kept and used."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import ipywidgets as w
import pytest
from conftest import SMALL
from test_widgets import ORDER, find, press

from decision_kit import Decision, cases, knowledge
from decision_kit.widgets import case_studies
from decision_kit.widgets.case_studies import Library
from decision_kit.widgets.decide import Desk


@pytest.fixture
def library(tmp_path: Path, order_and_payment: Decision) -> Library:
    replace(order_and_payment, status="accepted").save(tmp_path / "decisions" / ORDER)
    return Library(tmp_path)


def add(library: Library, organisation: str) -> None:
    find(library.own_case, w.Text, "Which organisation?").value = organisation
    find(library.own_case, w.Dropdown, "What was built?").value = "hybrid"
    press(library.own_case, "Add it to my cases")


def test_filters_narrow_the_list_and_the_map_together(library: Library):
    find(library.browser, w.Dropdown, "Which model").value = "choreography"
    find(library.browser, w.Dropdown, "What was a reason (level 3 or 4)?").value = "audit_visibility"
    known = cases.of(knowledge.load())
    wanted = [c for c in known if c.model == "choreography" and c.levels.get("audit_visibility", 0) >= 3]
    assert f"{len(wanted)} cases of 58." in library.list.value
    (drawn,) = library.map.outputs
    assert len(drawn["data"]["application/vnd.plotly.v1+json"]["data"][0]["y"]) == len(wanted)


def test_the_map_says_which_needs_set_each_model_apart(library: Library):
    chosen = [case for case in library.known if case.model == "orchestration"]
    named = sum(case.levels.get("central_control_change", 0) >= 3 for case in chosen)
    told = library.map_said.value
    assert "More often a reason for orchestration than for the others: " in told
    assert f"Central control of change ({named} of {len(chosen)} cases, " in told


def test_a_filter_that_leaves_nothing_says_so(library: Library):
    find(library.browser, w.Text, "Which word occurs?").value = "no such word"
    assert "No case is like that" in library.list.value
    assert library.map.outputs == ()


def test_a_case_of_ones_own_is_kept_listed_and_heard_in_the_decision_notebook(library: Library, tmp_path: Path):
    add(library, "Acme")
    (own,) = cases.load(tmp_path / "my-cases.csv", knowledge.load())
    assert (own.organisation, own.model) == ("Acme", "hybrid")
    assert "59 cases of 59" in library.list.value
    assert "Acme, Order and payment. It speaks in your other decisions" in library.added.value
    assert "Left unknown, as not one level: throughput and scale" in library.added.value
    add(library, "Acme")
    assert "Acme, Order and payment is among your cases already" in library.message.value
    assert cases.load(tmp_path / "my-cases.csv", knowledge.load()) == (own,)
    assert Library(tmp_path).own == (own,)
    desk = Desk(tmp_path)
    assert own not in [neighbour.case for neighbour in desk.evaluation.teams.whole.nearest]  # its own decision
    desk.change(name="Another flow")
    assert desk.evaluation.teams.whole.nearest[0].case == own


def test_a_decision_that_is_still_proposed_is_no_case(library: Library, tmp_path: Path):
    path = tmp_path / "decisions" / "order-and-payment.decision.json"
    replace(Decision.open(path), status="proposed").save(path)
    add(library, "Acme")
    assert "The decision is still proposed" in library.message.value
    assert not (tmp_path / "my-cases.csv").exists()


def test_what_changed_in_the_folder_is_read_again_at_the_next_start(tmp_path: Path, order_and_payment: Decision):
    first = case_studies.library(str(tmp_path))
    choice = find(first.own_case, w.Dropdown, "Decision")
    assert not choice.options
    order_and_payment.save(tmp_path / "decisions" / "order.decision.json")
    (tmp_path / "my-cases.csv").write_text("id,organisation\n")
    assert case_studies.library(str(tmp_path)) is first
    assert list(dict(choice.options)) == ["Order and payment (order)"]
    assert "None of your own cases is used until this is mended" in first.warning.value
    (tmp_path / "my-cases.csv").unlink()
    press(first.browser, "Read the files again")
    assert first.warning.value == ""


def test_where_the_chosen_decision_is_gone_no_other_takes_its_place(tmp_path: Path, order_and_payment: Decision):
    for name in ("first", "second"):
        order_and_payment.save(tmp_path / "decisions" / f"{name}.decision.json")
    library = case_studies.library(str(tmp_path))
    choice = find(library.own_case, w.Dropdown, "Decision")
    assert choice.label.endswith("(first)")
    choice.label = "Order and payment (second)"
    choice.value.unlink()
    press(library.browser, "Read the files again")
    assert choice.value is None
    press(library.own_case, "Add it to my cases")
    assert "No decision is chosen, as the one that was is gone; choose another." in library.message.value
    assert not (tmp_path / "my-cases.csv").exists()


def test_a_warning_about_the_knowledge_stays_when_own_cases_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(SMALL, tmp_path / "rigged")
    ratings = (SMALL / "ratings.csv").read_text(encoding="utf-8")
    rigged = re.sub(r",choreography,-?\d,", ",choreography,-2,", ratings)
    (tmp_path / "rigged" / "ratings.csv").write_text(rigged, encoding="utf-8")
    monkeypatch.setenv("DECISION_KIT_KNOWLEDGE", str(tmp_path / "rigged"))
    shown = Library(tmp_path)
    assert "hardly any answers would let Choreography" in shown.warning.value
    shown.read_again()
    assert "hardly any answers would let Choreography" in shown.warning.value


def test_words_are_looked_for_in_all_that_is_told_of_a_case(library: Library):
    find(library.browser, w.Text, "Which word occurs?").value = " Kafka  payment "
    wanted = [case for case in library.known if "kafka" in cases.told(case) and "payment" in cases.told(case)]
    assert wanted
    assert f"{len(wanted)} case" in library.list.value


def test_what_is_missing_is_told_and_nothing_is_written(library: Library, tmp_path: Path):
    add(library, " ")
    assert "The organisation is missing" in library.message.value
    assert not (tmp_path / "my-cases.csv").exists()


def test_a_broken_file_of_ones_own_cases_is_told_and_never_overwritten(library: Library, tmp_path: Path):
    (tmp_path / "my-cases.csv").write_text("id,organisation\n")
    add(library, "Acme")
    assert "my-cases.csv: the column" in library.message.value
    assert (tmp_path / "my-cases.csv").read_text() == "id,organisation\n"
    assert "my-cases.csv: the column" in Library(tmp_path).warning.value


def test_the_back_test_tells_its_figures_and_its_limits(library: Library):
    (html,) = [
        part.value for part in library.backtest.children if "What this does not show" in getattr(part, "value", "")
    ]
    assert "38 of 46" in html
    assert "success stories" in html


def test_a_button_that_works_for_seconds_says_so_meanwhile(library: Library):
    button = find(library.backtest, w.Button, "Do more cases help?")
    seen = []

    def busy() -> bool:
        return "dk-busy" in button.get_state()["_dom_classes"]

    button.observe(lambda change: seen.append((change["new"], busy())), "description")
    button.click()
    assert [words for words, _ in seen] == ["Learning from fewer and fewer cases…", "Do more cases help?"]
    assert not busy()
    assert "Brier score" in library.curve.value
