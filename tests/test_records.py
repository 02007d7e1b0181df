"""The records: read by a real reader as meant, numbered, never overwritten, user text shown as it is."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from conftest import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st
from mkdocs_macros_adr_summary.parser import MADR4Parser

from decision_kit import Decision, InputError, evaluate, records, wording


def exported(decision: Decision, folder: Path) -> dict[str, Path]:
    paths = records.export(evaluate(decision), folder)
    return {path.name.partition(".")[2]: path for path in paths}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_reader_of_madr_finds_title_status_date_and_people(path: Path, tmp_path: Path):
    decision = replace(
        Decision.open(path), deciders=("Checkout team", "Payments team"), consulted=("Finance",), status="accepted"
    )
    record = exported(decision, tmp_path)["md"]
    read = MADR4Parser.parse(record, tmp_path)
    assert read.title == wording.title(evaluate(decision))
    assert read.document_id == 1
    assert read.status == "Accepted"
    assert read.date == date.fromisoformat(decision.date)
    assert (read.deciders, read.consulted, read.informed) == (
        "Checkout team, Payments team", "Finance", ", ".join(decision.informed) or None
    )  # fmt: skip


def test_the_three_files_share_one_number_and_the_json_is_the_decision(tmp_path: Path, order_and_payment: Decision):
    paths = exported(order_and_payment, tmp_path)
    stem = "0001-coordinate-order-and-payment-with-a-hybrid-of-orchestration-and-choreography"
    assert [paths[end].name for end in ("md", "html", "decision.json")] == [
        f"{stem}.md", f"{stem}.html", f"{stem}.decision.json"
    ]  # fmt: skip
    assert Decision.open(paths["decision.json"]) == order_and_payment
    assert f"from {stem}.decision.json" in paths["md"].read_text(encoding="utf-8")


def test_each_export_takes_the_next_free_number_and_leaves_the_others_alone(
    tmp_path: Path, order_and_payment: Decision
):
    (tmp_path / "0007-by-hand.md").write_text("kept")
    first = exported(order_and_payment, tmp_path)
    before = first["md"].read_bytes()
    second = exported(replace(order_and_payment, name="Another"), tmp_path)
    assert first["md"].name.startswith("0008-")
    assert second["md"].name.startswith("0009-")
    assert first["md"].read_bytes() == before
    assert (tmp_path / "0007-by-hand.md").read_text() == "kept"


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path, order_and_payment: Decision):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be read as a folder"):
        records.export(evaluate(order_and_payment), tmp_path / "file")
    with pytest.raises(InputError, match="cannot be read as a folder"):
        records.export(evaluate(order_and_payment), tmp_path / "file" / "below")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_export_that_fails_half_way_takes_back_what_it_wrote(tmp_path: Path, order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    (name,) = [path.name for path in records.export(evaluation, tmp_path / "once", ["json"])]

    def with_a_folder_in_the_way() -> Iterator[str]:
        yield "madr"
        (tmp_path / "twice" / name).mkdir(parents=True)  # after the number was chosen
        yield "json"

    with pytest.raises(InputError, match="is there already"):
        records.export(evaluation, tmp_path / "twice", with_a_folder_in_the_way())
    assert [path.name for path in (tmp_path / "twice").iterdir()] == [name]


def test_an_undecided_decision_gives_a_record_that_says_so(tmp_path: Path):
    record = exported(Decision("Empty", date="2026-11-23"), tmp_path)["md"]
    text = record.read_text(encoding="utf-8")
    assert "# Decide how to coordinate Empty\n" in text
    assert 'Chosen option: "none yet", because 0 of 13 questions have a level' in text
    assert MADR4Parser.parse(record, tmp_path).title == "Decide how to coordinate Empty"


def test_the_layout_is_the_one_all_readers_take(order_and_payment: Decision):
    text = records.madr(evaluate(order_and_payment), "0001-x.decision.json")
    lines = text.splitlines()
    assert lines[:3] == ["---", "status: proposed", "date: 2026-11-23"]
    closing = lines.index("---", 1)
    assert lines[closing - 1] == "### Written by decision-kit from 0001-x.decision.json"
    assert lines[closing + 1].startswith("# Coordinate")
    assert lines[closing + 3 : closing + 6] == [
        "* Status: proposed", "* Deciders: Checkout team lead, Payments team lead", "* Date: 2026-11-23"
    ]  # fmt: skip
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context and Problem Statement", "## Decision Drivers", "## Considered Options", "## Decision Outcome",
        "## Pros and Cons of the Options", "## More Information",
    ]  # fmt: skip
    assert text.endswith(".\n")
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]\n", text)


def test_the_weighted_scores_add_up_in_the_record(order_and_payment: Decision):
    text = records.madr(evaluate(order_and_payment), "x")
    rows = [[cell.strip() for cell in line.split("|")[3:6]] for line in text.splitlines() if line.startswith("| ")]
    scores = [[float(cell) for cell in row] for row in rows if re.fullmatch(r"[\d.]+", row[0])]
    *parts, total = scores
    assert len(parts) == 13
    for column in range(3):
        assert sum(row[column] for row in parts) == pytest.approx(total[column], abs=0.05 * 14)


# fmt: off
HOSTILE = ["@ada", "# heading", "- item", "1. first", "---",
           "a | b", "<script>alert(1)</script>", "{{ 7 * 7 }} {% x %}",
           "*bold* _x_ `code`",
           "[x](y)", "x\ny", "x\u202ey", "yes", "null: ~", "'quote", '"quote', "a: b # c", "> x", "&lt;",
           "\x00\x1b", "word " * 15_000]
# fmt: on


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_leaves_a_reader_working(text: str, tmp_path: Path, order_and_payment: Decision):
    decision = replace(
        order_and_payment.answer("strict_ordering", note=text),
        name=f"{text} x",
        context=f"{text}\n\n{text}",
        core=text,
        reactions=text,
        deciders=(text, "Finance"),
        consulted=(text,),
    )
    record = exported(decision, tmp_path)["md"]
    read = MADR4Parser.parse(record, tmp_path)
    assert read.status == "Proposed"
    assert read.title.startswith("Coordinate")
    lines = record.read_text(encoding="utf-8").split("\n")
    closing = lines.index("---", 1)
    people = yaml.safe_load("\n".join(lines[1:closing]))["decision-makers"]
    seen = " ".join(text.translate(dict.fromkeys([0, 27, 0x202E])).split())
    assert people == (f"{seen}, Finance" if seen else "Finance")
    assert [line for line in lines[closing:] if line.startswith("# ")] == [lines[closing + 1]]
    assert lines.count("---") == 2
    assert not any("<script" in line or "{{" in line for line in lines[closing:])


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_becomes_one_line_without_markup(text: str):
    line = str(records.markdown(text))
    assert len(line.splitlines()) <= 1
    assert not re.search(r"[<>{}]|(?<!\\)[`*|\[\]]", line)
    assert not line.startswith(("#", "- ", "+ ", "="))


@given(st.text(max_size=80))
def test_a_slug_is_a_name_that_every_system_can_hold(text: str):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", records.slug(text))


def test_a_long_title_is_cut_at_a_word():
    assert records.slug("a" * 30 + " " + "b" * 30 + " " + "c" * 30) == f"{'a' * 30}-{'b' * 30}"
    assert len(records.slug("a" * 100)) == 80


def test_a_must_have_in_question_stands_with_the_option_it_concerns(order_and_payment: Decision):
    text = records.madr(evaluate(order_and_payment), "x")
    before, after = text.split("### Choreography")
    assert "must-have is in question" not in before
    assert "must-have is in question: Choreography is rated" in after
