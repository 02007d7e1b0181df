"""Tables as spreadsheets save them: whatever separates the cells, rows by the number in the margin, all mistakes."""

from pathlib import Path

import pytest

from decision_kit import InputError, tables

HERE = Path("levels.csv")
COLUMNS = {"id": tables.filled, "level": tables.whole(0, 4), "note": str}


@pytest.mark.parametrize("between", tables.SEPARATORS)
def test_whatever_separates_the_cells_of_its_header_separates_those_of_a_table(between: str):
    text = f'id{between}level{between}note\r\na{between}3{between}"one, or two; or |"\r\n'
    assert tables.rows(HERE, text, COLUMNS) == [{"id": "a", "level": 3, "note": "one, or two; or |"}]
    row = {"id": "a", "level": 3, "note": f"x{between}y"}
    assert tables.rows(HERE, tables.to_csv([row], COLUMNS, between), COLUMNS) == [row]


def test_a_whole_number_is_read_as_pandas_and_spreadsheets_write_it():
    read = tables.rows(HERE, "id,level,note\na,4.0,\nb, 4 ,\nc,0.0,\n", COLUMNS)
    assert [row["level"] for row in read] == [4, 4, 0]


@pytest.mark.parametrize("text", ["3.5", "4.5", "5.0", "-1", "4.", "1e0", "four"])
def test_what_is_no_whole_number_between_the_two_is_refused(text: str):
    with pytest.raises(InputError, match=r"row 2, column level: .* allowed is a whole number from 0 to 4\.$"):
        tables.rows(HERE, f"id,level,note\na,{text},\n", COLUMNS)


def test_what_stands_in_quotes_in_a_header_separates_nothing():
    assert tables.separator('id,"a;b;c"\n1;2;3;4') == ","
    assert tables.separator("id") == ","


def test_rows_are_counted_as_in_a_spreadsheet_also_behind_empty_ones_and_notes_of_several_lines():
    text = 'id,level,note\na,1,"one\ntwo"\n\nb,7,\n'
    with pytest.raises(InputError, match=r"^levels\.csv, row 4, column level: '7' is not allowed"):
        tables.rows(HERE, text, COLUMNS)


def test_all_mistakes_of_a_table_are_told_at_once():
    with pytest.raises(InputError) as told:
        tables.rows(HERE, 'id,level,note\n,7,\nb,1\nc,1,"unclosed\n', COLUMNS)
    assert str(told.value) == (
        "levels.csv, row 2, column id: '' is not allowed; allowed is any text, not an empty cell. "
        "Row 2, column level: '7' is not allowed; allowed is a whole number from 0 to 4. "
        "Row 3: has not as many cells as the header. "
        "Row 4: is not a CSV row (unexpected end of data)."
    )


def test_of_very_many_mistakes_five_are_told_and_the_others_counted():
    with pytest.raises(InputError, match=r"^levels\.csv, row 2, .* Row 6, [^.]*\. And 1,195 more like these\.$"):
        tables.rows(HERE, "id,level,note\n" + "a,9,\n" * 1200, COLUMNS)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("id,level", "the column 'note' is missing"),
        ("id,Stage", "the columns 'level' and 'note' are missing"),
        ("what", "the columns 'id', 'level', and 'note' are missing"),
    ],
)
def test_all_columns_that_are_missing_are_named_at_once(header: str, told: str):
    with pytest.raises(InputError) as error:
        tables.rows(HERE, header, COLUMNS)
    assert str(error.value) == f"levels.csv: {told}; needed: id, level, note."


def test_columns_are_found_whatever_their_capitals_and_outer_blanks():
    assert tables.rows(HERE, " ID ,Level, NOTE\na,1,x\n", COLUMNS) == [{"id": "a", "level": 1, "note": "x"}]
    assert tables.rows(HERE, "id,level,note,Level\na,1,x,9\n", COLUMNS) == [{"id": "a", "level": 1, "note": "x"}]
    with pytest.raises(InputError, match="the column 'level' is missing"):
        tables.rows(HERE, "id,Level,LEVEL,note\na,1,2,x\n", COLUMNS)
    with pytest.raises(InputError, match="the column 'level' stands twice"):
        tables.rows(HERE, "id,Level,Level,note\na,1,2,x\n", COLUMNS)


def test_the_words_of_a_list_are_taken_whatever_their_capitals():
    columns = {"id": tables.once(tables.one_of(("yes", "side effect"))), "note": tables.some_of(("core", "whole"))}
    assert tables.rows(HERE, "id,note\n Yes ,CORE whole\nSide Effect,\n", columns) == [
        {"id": "yes", "note": ("core", "whole")},
        {"id": "side effect", "note": ()},
    ]
    again = {"id": tables.once(tables.one_of(("yes", "no")))}
    with pytest.raises(InputError, match="row 3, column id: 'YES' is not allowed; allowed is an id that no row above"):
        tables.rows(HERE, "id\nyes\nYES\n", again)


def test_a_column_that_is_read_stands_once_and_others_as_often_as_they_like():
    with pytest.raises(InputError) as told:
        tables.rows(HERE, "id,level,note,level\na,1,,2\n", COLUMNS)
    assert str(told.value) == "levels.csv: the column 'level' stands twice; each only once."
    assert tables.rows(HERE, "id,level,note,,\na,1,,,\n", COLUMNS) == [{"id": "a", "level": 1, "note": ""}]


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_table_without_anything_is_empty_and_lacks_no_column(text: str):
    with pytest.raises(InputError) as told:
        tables.rows(HERE, text, COLUMNS)
    assert str(told.value) == "levels.csv: is empty."
