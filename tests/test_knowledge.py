"""The knowledge: every row is checked, every number has a source, and mistakes are told by file, row, column."""

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from decision_kit import InputError, Knowledge, files, knowledge

Break = Callable[[str, str, str], Path]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("ratings.csv", "one,order,orchestration,2", "one,order,orchestration,3",
         "ratings.csv, row 2, column rating: '3' is not allowed; allowed is a whole number from -2 to 2."),
        ("ratings.csv", "one,order,orchestration,2", "nine,order,orchestration,2",
         "ratings.csv, row 2, column source: 'nine' is not allowed; allowed is one of one, two, three."),
        ("ratings.csv", "source,requirement,model,rating", "source,requirement,model,ratings",
         "ratings.csv: the column 'rating' is missing"),
        ("ratings.csv", "two,order,orchestration,2", "one,order,orchestration,2", "is rated twice"),
        ("requirements.csv", "order,Order", "scale,Order", "row 3, column id: 'scale' is not allowed"),
        ("requirements.csv", "Must steps run in order?", "", "row 2, column question: '' is not allowed"),
        ("requirements.csv", ",core\n", ",centre\n", "column belongs_to: 'centre' is not allowed"),
        ("models.csv", "orchestration,choreography,A core", "orchestration,,A core", "core and reactions must both"),
        ("weights.csv", "\n4,8,", "\n4,2,", "never fall from level to level"),
        ("weights.csv", "\n4,8,", "\n5,8,", "column level: '5' is not allowed"),
        ("settings.csv", "crossing_cost,0.25", "crossing_cost,cheap", "column value: 'cheap' is not allowed"),
        ("settings.csv", "\nprior,", "\nleaning_ratio,", "the setting 'prior' is missing"),
        ("settings.csv", "\nprior,", "\nfloor,1,again\nprior,", "settings.csv: the setting 'floor' stands twice"),
        ("sources.csv", "book,A,", "book,E,", "column grade: 'E' is not allowed; allowed is one of A, B, C, D."),
        ("sources.csv", "one,First source", "one,First, source", "row 2: has not as many cells as the header."),
        ("guidance.csv", "mitigation", "advice", "allowed is one of mitigation, anti-pattern."),
        ("groups.csv", "id,title,reason", "id,title", "groups.csv: the column 'reason' is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_file_row_and_column(broken: Break, file: str, old: str, new: str, told: str):
    with pytest.raises(InputError) as error:
        knowledge.load(broken(file, old, new))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_requirement_that_no_source_rates_is_refused(broken: Break):
    folder = broken("ratings.csv", "one,upkeep,choreography,-1,,\ntwo,upkeep,choreography,-1,,\n", "")
    with pytest.raises(InputError, match="no source rates choreography on upkeep"):
        knowledge.load(folder)


def test_a_missing_file_and_a_missing_folder_are_told(broken: Break, tmp_path: Path):
    folder = broken("groups.csv", "id", "id")
    (folder / "groups.csv").unlink()
    with pytest.raises(InputError, match=r"groups\.csv: cannot be read \(no such file or directory\)"):
        knowledge.load(folder)
    with pytest.raises(InputError, match="is not a folder"):
        knowledge.load(tmp_path / "nowhere")


def test_a_file_that_is_not_utf8_is_told(broken: Break):
    folder = broken("groups.csv", "id", "id")
    (folder / "groups.csv").write_bytes(b"id,title,reason\nx,\xff,y\n")
    with pytest.raises(InputError, match="is not UTF-8"):
        knowledge.load(folder)


def test_a_mean_rating_counts_from_0_to_4(small: Knowledge):
    assert small.mean_ratings["orchestration", "order"] == 4
    assert small.mean_ratings["choreography", "upkeep"] == 1


def test_a_group_shares_one_weight():
    shipped = knowledge.load()
    assert shipped.level_weights["audit_visibility"][4] == Fraction(8, 3)
    assert shipped.level_weights["strict_ordering"] == (0, 1, 2, 4, 8)


def test_a_folder_has_its_own_name_and_the_shipped_one_the_kits(small: Knowledge):
    assert small.name == "knowledge"
    assert knowledge.load().name == "decision-kit"


def test_the_digest_changes_with_any_change(broken: Break, small: Knowledge):
    assert knowledge.load(broken("sources.csv", "First", "Another first")).digest != small.digest


def test_the_shipped_knowledge_covers_the_thirteen_requirements():
    shipped = knowledge.load()
    assert len(shipped.requirements) == 13
    assert list(shipped.models) == ["orchestration", "choreography", "hybrid"]
    assert len(shipped.ratings) == 307
    assert len({rating.source for rating in shipped.ratings}) == 42


def test_each_requirement_pulls_the_way_its_ratings_do():
    shipped = knowledge.load()
    for requirement in shipped.requirements.values():
        rated = [shipped.mean_ratings[model, requirement.id] for model in ("orchestration", "choreography")]
        lead = rated[0] - rated[1]
        pull = "either" if abs(lead) < Fraction(1, 2) else "orchestration" if lead > 0 else "choreography"
        assert requirement.pull == pull, requirement.id


def test_fractional_views_are_rounded_to_whole_steps_and_kept():
    originals = [rating for rating in knowledge.load().ratings if rating.original]
    assert len(originals) == 8
    for rating in originals:
        assert abs(rating.rating - float(rating.original)) <= 0.5


def test_every_model_has_mitigations_and_anti_patterns_with_a_symptom():
    shipped = knowledge.load()
    for model in shipped.models:
        kinds = {advice.kind for advice in shipped.guidance if advice.model == model}
        assert kinds == {"mitigation", "anti-pattern"}
    for advice in shipped.guidance:
        assert bool(advice.symptom) == (advice.kind == "anti-pattern"), advice.id


def test_every_shipped_source_is_used():
    shipped = knowledge.load()
    used = {item.source for item in (*shipped.ratings, *shipped.guidance, *shipped.measurements)}
    assert used == set(shipped.sources)


def test_no_shipped_cell_has_stray_blanks_or_line_breaks():
    for path in files.shipped("data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                assert all(value == value.strip() and "\n" not in value for value in row), (path.name, row)
