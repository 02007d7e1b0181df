"""The cases: every row is checked, and what a file does not say is silence."""

import csv
from pathlib import Path

import pytest

from decision_kit import Decision, InputError, Knowledge, cases, files, knowledge

SHIPPED = knowledge.load()
KNOWN = cases.of(SHIPPED)
HEADER = "id,organisation,workflow,model,order,scale,upkeep"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "cases.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def test_a_file_with_the_needed_columns_is_enough_and_an_empty_cell_is_silence(tmp_path: Path, small: Knowledge):
    (found,) = cases.load(written(tmp_path, "one,Acme,billing,choreography,,3,0"), small)
    assert (found.organisation, found.model, found.levels) == ("Acme", "choreography", {"scale": 3, "upkeep": 0})
    assert found.standing == "documented"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "one,Acme,billing,events,,3,0",
            "row 2, column model: 'events' is not allowed; allowed is one of orchestration",
        ),
        (
            "one,Acme,billing,hybrid,5,,",
            "row 2, column order: '5' is not allowed; allowed is a whole number from 0 to 4.",
        ),
        ("one,,billing,hybrid,1,,", "row 2, column organisation: '' is not allowed"),
        ("one,Acme,billing,hybrid,1", "row 2: has not as many cells as the header."),
        ("one,A,b,hybrid,1,,\none,B,c,hybrid,1,,", "row 3, column id: 'one' is not allowed; allowed is an id that"),
    ],
)
def test_a_mistake_is_told_by_row_and_column(tmp_path: Path, small: Knowledge, line: str, told: str):
    with pytest.raises(InputError) as error:
        cases.load(written(tmp_path, *line.split("\n")), small)
    assert told in str(error.value)


def test_a_need_of_both_sides_and_an_address_that_is_none_are_refused(tmp_path: Path, small: Knowledge):
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEADER},core_needs,reactions_needs\none,A,b,hybrid,1,1,,order,order\n")
    with pytest.raises(InputError, match="order is a need of both sides"):
        cases.load(path, small)
    path.write_text(f"{HEADER},source_url\none,A,b,hybrid,1,1,,javascript:alert(1)\n")
    with pytest.raises(InputError, match="an address that begins with https://"):
        cases.load(path, small)


def test_the_shipped_cases_are_54_documented_ones_and_the_four_claims_of_the_article():
    documented = [case for case in KNOWN if case.standing == "documented"]
    reported = [case for case in KNOWN if case.standing == "reported"]
    assert len(documented) == 54
    assert {case.organisation for case in reported} == {"Amazon", "Netflix", "Spotify", "Uber"}
    for case in reported:
        assert case.found
        assert case.checked_by
    for case in documented:
        assert case.levels
        assert case.summary
        assert case.scope_reason
        assert case.source_title
        assert case.source_url.startswith("http")
        assert case.publisher_interest
        assert case.coding_confidence


def test_scopes_are_coded_only_where_both_sides_are_told_and_on_needs_that_are_named():
    for case in KNOWN:
        for requirement in (*case.core_needs, *case.reactions_needs):
            assert case.core
            assert case.reactions
            assert case.levels[requirement] > 0


def test_every_number_in_a_picture_stands_in_its_measurement():
    measured = {measurement.id: measurement for measurement in SHIPPED.measurements}
    for figure in SHIPPED.figures:
        measurement = measured[figure.measurement]
        told = f"{measurement.orchestration} {measurement.choreography} {measurement.other}"
        if figure.value is not None:
            assert f"{float(figure.value):g}" in told.replace(".0 h", " h"), figure
        else:
            assert figure.label in told
            assert measurement.setting


def test_every_table_of_the_data_folder_is_read_by_a_loader():
    read = {"requirements", "models", "groups", "weights", "settings", "sources", "ratings", "guidance", "measurements"}
    read |= {"figures", "cases", "pairs", "boundary_rules", "traffic", "crossings", "thresholds"}
    assert {path.stem for path in files.shipped("data").glob("*.csv")} == read
    for path in files.shipped("data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        assert len(set(header)) == len(header)
        assert all(len(row) == len(header) for row in rows)
    assert len(cases.pairs(SHIPPED)) >= 5


def test_cases_come_back_from_their_own_writing(tmp_path: Path):
    path = tmp_path / "cases.csv"
    path.write_text(cases.to_csv(KNOWN, SHIPPED), encoding="utf-8")
    assert cases.load(path, SHIPPED) == KNOWN


def test_a_decision_carried_out_becomes_a_case(order_and_payment: Decision):
    made = cases.from_decision(order_and_payment, {"acme-order-and-payment"}, " Acme ", "hybrid", "No lost orders.")
    assert made.id == "acme-order-and-payment-2"
    assert (made.organisation, made.workflow, made.outcome) == ("Acme", "Order and payment", "No lost orders.")
    assert made.levels["strict_ordering"] == 4
    assert "throughput_scale" not in made.levels  # a range stays unknown
    assert "strict_ordering" in made.core_needs
