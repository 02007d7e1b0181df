"""The case controls: filters narrow, mistakes are told, a case of one's own is kept and used."""

from pathlib import Path

import ipywidgets as w
import pytest
from test_widgets import ORDER, find, press

from decision_kit import Decision, cases, knowledge
from decision_kit.widgets.case_studies import Library
from decision_kit.widgets.decide import Desk


@pytest.fixture
def library(tmp_path: Path, order_and_payment: Decision) -> Library:
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    return Library(tmp_path)


def add(library: Library, organisation: str) -> None:
    find(library.own_case, w.Text, "Which organisation?").value = organisation
    find(library.own_case, w.Dropdown, "What was built?").value = "hybrid"
    press(library.own_case, "Add it to my cases")


def test_filters_narrow_the_list_and_the_map_together(library: Library):
    find(library.browser, w.Dropdown, "Which model").value = "choreography"
    find(library.browser, w.Dropdown, "What was a reason?").value = "audit_visibility"
    known = cases.of(knowledge.load())
    wanted = [c for c in known if c.model == "choreography" and c.levels.get("audit_visibility", 0) >= 3]
    assert f"{len(wanted)} cases of 58." in library.list.value
    (drawn,) = library.map.outputs
    assert len(drawn["data"]["application/vnd.plotly.v1+json"]["data"][0]["y"]) == len(wanted)


def test_a_filter_that_leaves_nothing_says_so(library: Library):
    find(library.browser, w.Text, "Which word occurs?").value = "no such word"
    assert "No case is like that" in library.list.value
    assert library.map.outputs == ()


def test_a_case_of_ones_own_is_kept_listed_and_heard_in_the_decision_notebook(library: Library, tmp_path: Path):
    add(library, "Acme")
    (own,) = cases.load(tmp_path / "my-cases.csv", knowledge.load())
    assert (own.organisation, own.model) == ("Acme", "hybrid")
    assert "59 cases of 59." in library.list.value
    assert "Acme, Order and payment" in library.added.value
    assert Library(tmp_path).own == (own,)
    assert Desk(tmp_path).evaluation.teams.whole.nearest[0].case == own
    add(library, "Acme")
    assert [case.id for case in cases.load(tmp_path / "my-cases.csv", knowledge.load())] == [own.id, f"{own.id}-2"]


def test_what_is_missing_is_told_and_nothing_is_written(library: Library, tmp_path: Path):
    add(library, " ")
    assert "The organisation is missing" in library.message.value
    assert not (tmp_path / "my-cases.csv").exists()


def test_a_broken_file_of_ones_own_cases_is_told_and_never_overwritten(library: Library, tmp_path: Path):
    (tmp_path / "my-cases.csv").write_text("id,organisation\n")
    add(library, "Acme")
    assert "my-cases.csv: the column" in library.message.value
    assert (tmp_path / "my-cases.csv").read_text() == "id,organisation\n"
    assert "my-cases.csv: the column" in Library(tmp_path).message.value


def test_the_back_test_tells_its_figures_and_its_limits(library: Library):
    (html,) = [
        part.value for part in library.backtest.children if "What this does not show" in getattr(part, "value", "")
    ]
    assert "38 of 46" in html
    assert "success stories" in html
