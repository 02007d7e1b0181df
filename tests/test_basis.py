"""What a record was computed from: enough to have its result again to the last digit, whatever the data say today."""

import csv
import json
import shutil
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import EXAMPLES, SMALL
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import Decision, InputError, Knowledge, evaluate, knowledge
from decision_kit.basis import Basis

SHIPPED = knowledge.load()
levels = st.one_of(st.integers(0, 4), st.just("not sure"), st.sampled_from([[0, 2], [3, 4]]))
answers = st.dictionaries(
    st.sampled_from(["order", "scale", "upkeep"]),
    st.fixed_dictionaries(
        {"level": levels, "scope": st.sampled_from(["whole", "core", "reactions"]), "must": st.booleans()}
    ),
)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Give the small knowledge with other ratings, weights, settings and groups."""
    folder = tmp_path_factory.mktemp("other") / "knowledge"
    shutil.copytree(SMALL, folder)
    with (folder / "ratings.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["rating"] = str(-int(row["rating"]))
    with (folder / "ratings.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    weights = (folder / "weights.csv").read_text(encoding="utf-8").replace("\n4,8,", "\n4,16,")
    (folder / "weights.csv").write_text(weights, encoding="utf-8")
    changed = knowledge.load(folder)
    assert changed.level_weights["order"][4] == 16
    return changed


@given(answers)
def test_a_result_comes_back_to_the_last_digit_under_changed_data(
    small: Knowledge, other: Knowledge, given_: dict[str, object]
):
    decision = Decision.from_answers("Orders", given_, core="a", reactions="b", date="2026-11-25")
    then = evaluate(decision, small)
    again = evaluate(decision, then.basis.under(other))
    assert again.basis == then.basis
    assert (again.scores.fit, again.confidence, again.verdict.rule) == (
        then.scores.fit, then.confidence, then.verdict.rule
    )  # fmt: skip


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_it_goes_through_json_unchanged(path: Path):
    recorded = evaluate(Decision.open(path)).recorded().decision
    assert Decision.from_json(recorded.to_json()) == recorded


def test_it_names_the_ratings_that_changed(small: Knowledge, other: Knowledge):
    basis = evaluate(Decision("Orders"), small).basis
    assert basis.changed(small) == {}
    changed = basis.changed(other)
    assert changed["orchestration", "order"] == (small.mean_ratings["orchestration", "order"], Fraction(4) - small.mean_ratings["orchestration", "order"])  # fmt: skip  # noqa: E501
    assert all(then != now for then, now in changed.values())


def test_data_without_a_recorded_requirement_cannot_give_it_again(small: Knowledge):
    basis = evaluate(Decision("Orders")).basis
    with pytest.raises(InputError, match="does not have strict_ordering with"):
        basis.under(small)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fit", {"orchestration": "high"}),
        ("fit", []),
        ("first", {"orchestration": 2}),
        ("weights", ["0", "1"]),
        ("weights", ["0", "1", "2", "4", "1/0"]),
        ("settings", {"floor": "low"}),
        ("groups", {"visibility": "audit"}),
        ("votes", {"order": {"orchestration": "345"}}),
        ("votes", {"order": {"orchestration": ""}}),
        ("votes", {"order": "34"}),
        ("kit", 1),
        ("model", 1),
        ("two_planes", "x"),
    ],
)
def test_one_edited_by_hand_is_refused_in_one_sentence(field: str, value: object):
    given_ = asdict(evaluate(Decision("Orders")).basis) | {field: value}
    with pytest.raises(InputError, match=r"^basis") as error:
        Basis.from_dict(json.loads(json.dumps(given_)))
    assert "\n" not in str(error.value)
