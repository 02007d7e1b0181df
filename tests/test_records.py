"""The records in a folder: numbered, never overwritten, opened again, and changed all at once or not at all."""

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st
from mkdocs_macros_adr_summary.parser import MADR4Parser

from decision_kit import Decision, InputError, check, evaluate, knowledge, layouts, records


def exported(decision: Decision, folder: Path) -> dict[str, Path]:
    paths = records.export(evaluate(decision), folder)
    return {path.name.partition(".")[2]: path for path in paths}


def test_the_three_files_share_one_number_and_the_json_is_the_decision(tmp_path: Path, order_and_payment: Decision):
    paths = exported(order_and_payment, tmp_path)
    stem = "0001-coordinate-order-and-payment-with-a-hybrid-of-orchestration-and-choreography"
    assert [paths[end].name for end in ("md", "html", "decision.json")] == [
        f"{stem}.md", f"{stem}.html", f"{stem}.decision.json"
    ]  # fmt: skip
    assert Decision.open(paths["decision.json"]) == evaluate(order_and_payment).recorded().decision
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


def test_an_undecided_decision_gives_a_record_that_says_so(tmp_path: Path):
    record = exported(Decision("Empty", date="2026-11-23"), tmp_path)["md"]
    text = record.read_text(encoding="utf-8")
    assert "# Decide how to coordinate Empty\n" in text
    assert 'Chosen option: "none yet", because 0 of 13 questions are answered with a level' in text
    assert MADR4Parser.parse(record, tmp_path).title == "Decide how to coordinate Empty"


def test_a_choice_against_the_verdict_needs_a_reason_to_become_a_record(tmp_path: Path, order_and_payment: Decision):
    own = replace(order_and_payment, chosen="orchestration", because=" \n")
    with pytest.raises(InputError) as refused:
        records.export(evaluate(own), tmp_path)
    assert str(refused.value) == (
        "Say why you choose orchestration where the kit says “Leaning towards a hybrid of orchestration and "
        "choreography”; one sentence is enough."
    )
    assert list(tmp_path.iterdir()) == []
    assert records.export(evaluate(replace(own, because="We know it.")), tmp_path)
    assert records.export(evaluate(replace(own, chosen="hybrid")), tmp_path)


@given(st.text(max_size=80))
def test_a_slug_is_a_name_that_every_system_can_hold(text: str):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", records.slug(text))


def test_a_long_title_is_cut_at_a_word():
    assert records.slug("a" * 30 + " " + "b" * 30 + " " + "c" * 30) == f"{'a' * 30}-{'b' * 30}"
    assert len(records.slug("a" * 100)) == 80


def test_a_name_that_is_cut_ends_with_no_small_word():
    title = "Coordinate Renewal of motor insurance contracts and fleets with a hybrid of orchestration and choreography"
    assert records.slug(title) == "coordinate-renewal-of-motor-insurance-contracts-and-fleets-with-a-hybrid"
    assert records.slug(f"Pay with a {'b' * 80}") == "pay"
    assert records.slug("Whom to pay with") == "whom-to-pay-with"  # what is not cut stays as it is


def folder_of(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(path.iterdir())}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Write two records of the usual formats once."""
    folder, decision = tmp_path_factory.mktemp("written"), Decision.open(EXAMPLES / "order-and-payment.decision.json")
    first, *_ = records.export(evaluate(decision), folder)
    second, *_ = records.export(evaluate(replace(decision, name="Orders again")), folder)
    return folder, records.stem_of(first), records.stem_of(second)


@pytest.fixture
def two(written: tuple[Path, str, str], tmp_path: Path) -> tuple[Path, str, str]:
    """Give a folder with a copy of these records, and their names."""
    folder, *names = written
    return Path(shutil.copytree(folder, tmp_path / "records")), *names


def test_a_free_number_may_be_chosen_and_a_taken_one_is_refused_with_a_proposal(
    tmp_path: Path, order_and_payment: Decision
):
    evaluation = evaluate(order_and_payment)
    (chosen,) = records.export(evaluation, tmp_path, ["json"], number=12)
    assert chosen.name.startswith("0012-")
    before = folder_of(tmp_path)
    with pytest.raises(InputError, match=r"number: 12 is taken by 0012-coordinate-.*; the next free number is 13\."):
        records.export(evaluation, tmp_path, ["json"], number=12)
    with pytest.raises(InputError, match=r"number: 0 is not 1 or more; the next free number is 13\."):
        records.export(evaluation, tmp_path, number=0)
    assert folder_of(tmp_path) == before


def test_two_layouts_would_bear_one_name_and_are_refused(tmp_path: Path, order_and_payment: Decision):
    with pytest.raises(InputError, match="madr and nygard would bear one name"):
        records.export(evaluate(order_and_payment), tmp_path, ["madr", "nygard"])


def test_the_same_decision_gives_the_same_bytes(tmp_path: Path, order_and_payment: Decision):
    for name in ("one", "two"):
        records.export(evaluate(order_and_payment), tmp_path / name)
    assert folder_of(tmp_path / "one") == folder_of(tmp_path / "two")


def test_the_decision_opens_from_each_of_its_files(two: tuple[Path, str, str]):
    folder, first, _ = two
    opened = [records.reopen(folder / f"{first}{ending}") for ending in (".md", ".html", ".decision.json")]
    assert opened[0] == opened[1] == opened[2]
    assert opened[0].basis is not None


def test_a_record_without_its_decision_or_of_another_hand_is_not_opened(two: tuple[Path, str, str]):
    folder, first, _ = two
    (folder / f"{first}.decision.json").unlink()
    with pytest.raises(InputError, match="does not lie beside it"):
        records.reopen(folder / f"{first}.md")
    (folder / "0009-by-hand.md").write_text("# By hand")
    with pytest.raises(InputError, match="was not written by decision-kit"):
        records.reopen(folder / "0009-by-hand.md")


def test_a_supersede_is_told_in_both_records_and_changes_nothing_else(two: tuple[Path, str, str]):
    folder, first, second = two
    before = folder_of(folder)
    records.supersede(folder / f"{first}.md", folder / f"{second}.html", knowledge.load())
    after = folder_of(folder)
    assert set(after) == set(before)
    old, new = (Decision.open(folder / f"{stem}.decision.json") for stem in (first, second))
    assert (old.status, old.superseded_by, new.supersedes) == ("superseded", second, (first,))
    for stem, lines in ((first, 4), (second, 2)):
        lost = set(before[f"{stem}.md"].splitlines()) - set(after[f"{stem}.md"].splitlines())
        assert len(lost) == lines - 1  # front matter, seal and status; or the seal alone
    assert f"* Status: superseded by [{second}]({second}.md)".encode() in after[f"{first}.md"]
    assert f"Supersedes [ADR-0001]({first}.md).".encode() in after[f"{second}.md"]
    for stem, decision in ((first, old), (second, new)):
        assert records.reopen(folder / f"{stem}.html") == decision
        assert layouts.intact((folder / f"{stem}.md").read_text(encoding="utf-8"), decision) == (True, True)


def test_a_record_is_superseded_once_by_another_in_its_folder(two: tuple[Path, str, str], order_and_payment: Decision):
    folder, first, second = two
    old, new = folder / f"{first}.md", folder / f"{second}.md"
    with pytest.raises(InputError, match="cannot take its own place"):
        records.supersede(old, old, knowledge.load())
    with pytest.raises(InputError, match="lies in another folder"):
        records.supersede(old, folder.parent / new.name, knowledge.load())
    records.supersede(old, new, knowledge.load())
    before = folder_of(folder)
    with pytest.raises(InputError, match=f"is superseded already, by {second}"):
        records.export(evaluate(order_and_payment), folder, supersedes=old)
    assert folder_of(folder) == before


def test_a_record_can_be_superseded_as_its_successor_is_written(two: tuple[Path, str, str]):
    folder, first, _ = two
    third, *_ = records.export(
        evaluate(Decision("Orders once more", date="2026-11-25")), folder, supersedes=folder / f"{first}.md"
    )
    assert records.reopen(third).supersedes == (first,)
    assert records.reopen(folder / f"{first}.md").superseded_by == records.stem_of(third)


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_an_amended_record_is_the_one_that_would_have_been_written(
    layout: str, tmp_path: Path, order_and_payment: Decision
):
    changes = {
        "status": "accepted",
        "review": "2027-05-01",
        "triggers": ("Load doubles", "A sixth team"),
        "deciders": ("Payments team",),
        "consulted": (),
    }
    formats = (layout, "html", "json")
    old, *_ = records.export(evaluate(order_and_payment), tmp_path / "amended", formats)
    records.amend(old, knowledge.load(), **changes)
    records.export(evaluate(replace(order_and_payment, **changes)), tmp_path / "written", formats)
    assert folder_of(tmp_path / "amended") == folder_of(tmp_path / "written")


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_an_amended_record_of_a_system_keeps_its_line(layout: str, tmp_path: Path, rides: Decision):
    formats = (layout, "html", "json")
    old, *_ = records.export(evaluate(rides), tmp_path / "amended", formats)
    records.amend(old, knowledge.load(), status="accepted")
    records.export(evaluate(replace(rides, status="accepted")), tmp_path / "written", formats)
    assert folder_of(tmp_path / "amended") == folder_of(tmp_path / "written")
    assert records.reopen(old).system == rides.system


def test_a_new_name_renames_the_files_and_every_link_follows(two: tuple[Path, str, str]):
    folder, first, second = two
    records.supersede(folder / f"{first}.md", folder / f"{second}.md", knowledge.load())
    (folder / "index.md").write_text(f"* [One]({first}.md#head)\n* [Two]({second}.md)\n")
    paths = records.amend(folder / f"{first}.html", knowledge.load(), name="Sales")
    stem = "0001-coordinate-sales-with-a-hybrid-of-orchestration-and-choreography"
    assert [path.name for path in paths] == [f"{stem}.md", f"{stem}.html", f"{stem}.decision.json"]
    assert not list(folder.glob(f"{first}*"))
    assert records.reopen(folder / f"{second}.md").supersedes == (stem,)
    assert (folder / "index.md").read_text() == f"* [One]({stem}.md#head)\n* [Two]({second}.md)\n"
    for path in folder.iterdir():
        assert first not in path.read_text(encoding="utf-8")
    assert check.check(folder, knowledge.load(), date(2026, 11, 25)) == []


def test_a_new_name_that_another_record_bears_is_refused_and_changes_nothing(two: tuple[Path, str, str]):
    folder, first, _ = two
    taken = "0001-coordinate-sales-with-a-hybrid-of-orchestration-and-choreography.md"
    (folder / taken).write_text("# By hand\n")
    before = folder_of(folder)
    with pytest.raises(InputError, match=f"{taken}: is there already and is never overwritten"):
        records.amend(folder / f"{first}.md", knowledge.load(), name="Sales")
    assert folder_of(folder) == before


def age(folder: Path, stem: str) -> None:
    """Make a record one that does not say what it was computed from, as early ones, which have no report."""
    path = folder / f"{stem}.decision.json"
    replace(Decision.open(path), basis=None).save(path)
    (folder / f"{stem}.html").unlink()


def test_a_rename_leaves_other_records_alone_even_one_that_cannot_be_read(two: tuple[Path, str, str]):
    folder, first, second = two
    age(folder, second)
    (folder / "0003-broken.decision.json").write_text("{", encoding="utf-8")
    (folder / "notes.md").write_bytes(b"\xff")
    before = folder_of(folder)
    records.amend(folder / f"{first}.md", knowledge.load(), name="Sales")
    after = folder_of(folder)
    kept = {name: content for name, content in before.items() if not name.startswith(first)}
    assert kept == {name: content for name, content in after.items() if "sales" not in name}


def test_a_rename_is_followed_by_a_record_that_does_not_say_what_it_was_computed_from(two: tuple[Path, str, str]):
    folder, first, second = two
    records.supersede(folder / f"{first}.md", folder / f"{second}.md", knowledge.load())
    age(folder, second)
    path, *_ = records.amend(folder / f"{first}.md", knowledge.load(), name="Sales")
    assert records.reopen(folder / f"{second}.decision.json").supersedes == (path.stem,)
    assert f"Supersedes [ADR-0001]({path.stem}.md)." in (folder / f"{second}.md").read_text(encoding="utf-8")


def test_a_rename_that_one_record_cannot_follow_is_told_of_that_record_and_changes_nothing(two: tuple[Path, str, str]):
    folder, first, second = two
    records.supersede(folder / f"{first}.md", folder / f"{second}.md", knowledge.load())
    age(folder, first)  # its title is not known any more, and stands beside the link
    before = folder_of(folder)
    with pytest.raises(InputError, match=f"{first}.md: its head is not what its decision says; .* export the decision"):
        records.amend(folder / f"{second}.md", knowledge.load(), name="Sales")
    assert folder_of(folder) == before


def test_what_was_edited_by_hand_where_it_would_change_is_told_and_kept(two: tuple[Path, str, str]):
    folder, first, _ = two
    path = folder / f"{first}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("* Status: proposed", "* Status: done"), encoding="utf-8")
    before = folder_of(folder)
    with pytest.raises(InputError, match=r"\.md: its head is not what its decision says; it was edited by hand"):
        records.amend(path, knowledge.load(), status="accepted")
    assert folder_of(folder) == before


def test_a_remark_by_hand_elsewhere_stays_and_is_still_told_of(two: tuple[Path, str, str]):
    folder, first, _ = two
    path = folder / f"{first}.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nA remark.\n", encoding="utf-8")
    records.amend(path, knowledge.load(), status="accepted")
    assert path.read_text(encoding="utf-8").endswith("\nA remark.\n")
    assert [finding.rule for finding in check.check(folder, knowledge.load(), date(2026, 11, 25))] == ["edited"]


def test_a_bad_new_value_changes_nothing(two: tuple[Path, str, str]):
    folder, first, _ = two
    before = folder_of(folder)
    with pytest.raises(InputError, match='review: "soon" is not a day'):
        records.amend(folder / f"{first}.md", knowledge.load(), review="soon")
    with pytest.raises(InputError, match="is not named as a record"):
        records.amend(folder / "notes.md", knowledge.load(), status="accepted")
    assert folder_of(folder) == before


def test_a_review_before_the_decision_is_refused_and_changes_nothing(
    two: tuple[Path, str, str], order_and_payment: Decision
):
    folder, first, _ = two
    before = folder_of(folder)
    told = "^review: 2020-01-01 is before the day of the decision, 2026-11-23.$"
    with pytest.raises(InputError, match=told):
        records.amend(folder / f"{first}.md", knowledge.load(), date="2026-11-23", review="2020-01-01")
    with pytest.raises(InputError, match=told):
        records.export(evaluate(replace(order_and_payment, date="2026-11-23", review="2020-01-01")), folder)
    assert folder_of(folder) == before
    assert records.amend(folder / f"{first}.md", knowledge.load(), date="2026-11-23", review="2026-11-23")


def test_a_preview_is_what_would_be_written(tmp_path: Path, order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    told = records.preview(evaluation, tmp_path, "nygard")
    path, *_ = records.export(evaluation, tmp_path, ["nygard", "json"])
    assert path.read_text(encoding="utf-8") == told
