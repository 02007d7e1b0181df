"""Systems of one's own: read cell by cell, with one sentence for every mistake."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from systems import systems

from decision_kit import InputError, Knowledge, files, knowledge
from decision_kit.boundaries import system
from decision_kit.boundaries.system import Link, Part, System

SHIPPED = knowledge.load()
TEMPLATES = files.shipped("data") / "templates"
PARTS = "id,title,order,scale,team,critical_path,model,note\na,Ask,4,,red,yes,,why\nb,,,3,,side effect,choreography,\n"
LINKS = "from,to,calls_per_second,kind,undone_together,note\na,b,0.5,listening,no,seen\nb,a,,,,\n"


def load(folder: Path, known: Knowledge, parts: str = PARTS, links: str = LINKS) -> System:
    for name, text in (("parts.csv", parts), ("links.csv", links)):
        (folder / name).write_text(text, encoding="utf-8")
    return system.load(folder / "parts.csv", folder / "links.csv", known)


def test_two_tables_become_parts_and_links(tmp_path: Path, small: Knowledge):
    assert load(tmp_path, small) == System(
        (
            Part("a", "Ask", {"order": 4}, team="red", critical_path="yes", note="why"),
            Part("b", levels={"scale": 3}, critical_path="side effect", model="choreography"),
        ),
        (Link("a", "b", 0.5, "listening", undone=False, note="seen"), Link("b", "a")),
    )


def test_only_the_columns_that_name_parts_and_ends_must_be_there(tmp_path: Path, small: Knowledge):
    assert load(tmp_path, small, "id\na\nb\n", "from,to\na,b\n") == System((Part("a"), Part("b")), (Link("a", "b"),))


def test_the_templates_hold_an_example_and_a_column_for_every_field():
    made = system.load(TEMPLATES / "parts.csv", TEMPLATES / "links.csv", SHIPPED)
    assert {requirement for part in made.parts for requirement in part.levels} <= set(SHIPPED.requirements)
    header = (TEMPLATES / "parts.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    fields = {"id", "title", "team", "context", "critical_path", "model", "note"}
    assert set(header) == fields | set(SHIPPED.requirements)
    assert len(made.links) >= 3
    assert {link.kind for link in made.links} == {"awaited", "listening"}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ("title\nAsk\n", "parts.csv: the column 'id' is missing; needed: id."),
        ("id\n", "parts.csv: holds no part; at least one is needed."),
        ("id\n \n", "parts.csv, row 2, column id: '' is not allowed; allowed is any text, not an empty cell."),
        ("id\na\na\n", "parts.csv, row 3, column id: 'a' is not allowed; allowed is an id that no row above has."),
        ("id,order\na,5\n", "row 2, column order: '5' is not allowed; allowed is a whole number from 0 to 4."),
        ("id,ordre\na,4\n", "parts.csv: the column 'ordre' is not known; allowed are id, title, order, scale, upkeep"),
        ("id,order,order\na,1,2\n", "parts.csv: the column 'order' stands twice; each only once."),
        ("id,critical_path\na,often\n", "column critical_path: 'often' is not allowed; allowed is one of an empty ce"),
        ("id,model\na,hybrid\n", "column model: 'hybrid' is not allowed; allowed is one of an empty cell, orchestra"),
        ("id,title\na\n", "parts.csv, row 2: has not as many cells as the header."),
    ],
)  # fmt: skip
def test_a_bad_table_of_parts_is_told_in_one_sentence(tmp_path: Path, small: Knowledge, parts: str, told: str):
    with pytest.raises(InputError) as error:
        load(tmp_path, small, parts)
    assert str(error.value).startswith(str(tmp_path / "parts.csv"))
    assert told in str(error.value)


def test_a_part_given_twice_stands_once_among_those_that_a_link_may_name(tmp_path: Path, small: Knowledge):
    with pytest.raises(InputError) as told:
        load(tmp_path, small, "id\na\nb\nb\n", "from,to\na,c\n")
    assert str(told.value) == (
        f"{tmp_path / 'parts.csv'}, row 4, column id: 'b' is not allowed; allowed is an id that no row above has. "
        f"{tmp_path / 'links.csv'}, row 2, column to: 'c' is not allowed; allowed is the id of a part in parts.csv; "
        "there are a, b."
    )


@pytest.mark.parametrize(
    ("links", "told"),
    [
        ("from\na\n", "links.csv: the column 'to' is missing; needed: from, to."),
        ("from,to\na,c\n", "row 2, column to: 'c' is not allowed; allowed is the id of a part in parts.csv; there are"),
        ("from,to\na,a\n", "links.csv, link from a to a: joins a part to itself; a link has two ends."),
        ("from,to\na,b\na,b\n", "links.csv, link from a to b: stands twice; add up its calls in one row."),
        ("from,to,kind\na,b,listening\na,b,listening\n", "link from a to b: stands twice listening; add up"),
        ("from,to,calls_per_second\na,b,-1\n", "column calls_per_second: '-1' is not allowed; allowed is a number of"),
        (f"from,to,calls_per_second\na,b,{'9' * 400}\n", "link from a to b, calls_per_second: inf is not a number"),
        ("from,to,kind\na,b,sync\n", "column kind: 'sync' is not allowed; allowed is one of an empty cell, awaited, l"),
        ("from,to,undone_together\na,b,x\n", "column undone_together: 'x' is not allowed; allowed is one of an empty"),
        ("from,to,knd\na,b,\n", "links.csv: the column 'knd' is not known; allowed are from, to, calls_per_second"),
    ],
)  # fmt: skip
def test_a_bad_table_of_links_is_told_in_one_sentence(tmp_path: Path, small: Knowledge, links: str, told: str):
    with pytest.raises(InputError) as error:
        load(tmp_path, small, links=links)
    assert str(error.value).startswith(str(tmp_path / "links.csv"))
    assert told in str(error.value)


def test_the_mistakes_of_both_tables_are_told_at_once(tmp_path: Path, small: Knowledge):
    with pytest.raises(InputError) as error:
        load(tmp_path, small, "id,order\na,7\nb,9\n", "from,to\na,payment\n")
    assert str(error.value) == (
        f"{tmp_path / 'parts.csv'}, row 2, column order: '7' is not allowed; allowed is a whole number from 0 to 4. "
        "Row 3, column order: '9' is not allowed; allowed is a whole number from 0 to 4. "
        f"{tmp_path / 'links.csv'}, row 2, column to: 'payment' is not allowed; allowed is the id of a part in "
        "parts.csv; there are a, b."
    )


def test_tables_saved_with_semicolons_give_the_same_system(tmp_path: Path, small: Knowledge):
    one = load(tmp_path, small, "id,title,order\na,Ask; then wait,3\nb,,\n", "from,to,kind\na,b,awaited\n")
    assert (
        load(tmp_path, small, 'id;title;order\r\na;"Ask; then wait";3\r\nb;;\r\n', "from;to;kind\na;b;awaited") == one
    )


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Part(""), "part: the id is empty"),
        (lambda: Part("a", levels={"order": 5}), "part a, order: 5 is not allowed; allowed is a whole number from 0"),
        (lambda: Part("a", levels={"order": True}), "part a, order: True is not allowed"),
        (lambda: Part("a", critical_path="often"), "part a, critical_path: 'often' is not one of yes, no, side effect"),
        (lambda: Link("a", "b", kind="sync"), "link from a to b, kind: 'sync' is not awaited or listening"),
        (lambda: Link("a", "b", float("nan")), "link from a to b, calls_per_second: nan is not a number of 0 or more"),
        (lambda: System(()), "holds no part"),
        (lambda: System((Part("a"), Part("a"))), "the id 'a' stands twice"),
        (lambda: System((Part("a"),), (Link("a", "b"),)), "link from a to b: no part has the id 'b'"),
        (lambda: System((Part("a"),)).change("b", team="red"), "no part has the id 'b'; there are a."),
    ],
)  # fmt: skip
def test_values_are_checked_as_tables_are(make: object, told: str):
    with pytest.raises(InputError, match=told):
        make()


def test_one_changed_part_leaves_the_others_where_they_are(tmp_path: Path, small: Knowledge):
    made = load(tmp_path, small)
    moved = made.change("a", model="orchestration")
    assert moved.part("a").model == "orchestration"
    assert (moved.part("b"), moved.links) == (made.part("b"), made.links)


def test_a_knowledge_without_a_model_made_of_two_has_no_line_to_draw(small: Knowledge):
    pure = {name: model for name, model in small.models.items() if not model.composed}
    with pytest.raises(InputError, match="no model is made of two others, so there is no boundary to draw"):
        system.sides(replace(small, models=pure))


def test_columns_and_words_are_read_whatever_their_capitals(tmp_path: Path, small: Knowledge):
    parts = PARTS.replace("id,title,order", " ID ,Title,Order").replace(",yes,", ",Yes,").replace("side e", "Side E")
    links = LINKS.replace("from,to,", "From, TO,").replace("listening,no", "Listening,NO")
    assert load(tmp_path, small, parts, links) == load(tmp_path, small)


def test_a_table_saved_by_pandas_gives_the_same_system(tmp_path: Path, small: Knowledge):
    made = load(tmp_path, small, PARTS)
    pd.read_csv(tmp_path / "parts.csv").to_csv(tmp_path / "again.csv", index=False)
    again = (tmp_path / "again.csv").read_text(encoding="utf-8")
    assert "4.0" in again
    assert load(tmp_path, small, again) == made


@given(systems())
def test_what_is_written_as_tables_is_read_again_as_it_was(tmp_path_factory: pytest.TempPathFactory, drawn: System):
    known = knowledge.load()
    drawn = replace(drawn, links=tuple(replace(link, calls_per_second=1e-7) for link in drawn.links))
    folder = tmp_path_factory.mktemp("system")
    for name, text in zip(("parts.csv", "links.csv"), system.to_csv(drawn, known), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    assert system.load(folder / "parts.csv", folder / "links.csv", known) == drawn
