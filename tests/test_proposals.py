"""Thresholds: which measurement proposes which level, and a table that is wrong."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from decision_kit import Knowledge, knowledge
from decision_kit.errors import InputError
from decision_kit.telemetry import proposals
from decision_kit.telemetry.traces import MeasuredPart, Summary, Times

QUIET = MeasuredPart("a", 1000, 1000, 0, 0.5, Times(0.1, 0.2, 0.3), Times(1, 2, 3), waiting=0, awaits=0, listeners=0)
DAY = 86_400 * 10**9


def proposed(summary: Summary, part: MeasuredPart, length: int = 2 * DAY) -> dict[str, int]:
    """Give the levels that the shipped thresholds propose for a part seen for so many nanoseconds."""
    seen = dataclasses.replace(summary, parts=(part,), begin=10**18, end=10**18 + length)
    return {found.requirement: found.level for found in proposals.propose(seen, knowledge.load())[part.id]}


def test_a_quiet_part_is_proposed_what_can_be_measured_and_nothing_else(summary: Summary):
    assert proposed(summary, QUIET) == {
        "long_running_human": 0, "throughput_scale": 1, "latency_responsiveness": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "requirement", "level"),
    [
        ({"busiest": 0.0001}, "throughput_scale", 0),
        ({"busiest": 99.9}, "throughput_scale", 1),
        ({"busiest": 100}, "throughput_scale", 2),
        ({"busiest": 999.97}, "throughput_scale", 3),  # said as 1000, so it counts as 1000
        ({"busiest": 1e6}, "throughput_scale", 3),
        ({"answer": Times(1, 9.99, 20)}, "latency_responsiveness", 2),
        ({"answer": Times(1, 10, 20)}, "latency_responsiveness", 1),
        ({"awaited": 0, "answer": None}, "latency_responsiveness", 0),
        ({"awaited": 1}, "latency_responsiveness", 2),  # nobody waits for 99.9 of 100, but somebody does for one
        ({"failed": 1}, "fault_isolation", 2),
        ({"failed": 10}, "fault_isolation", 3),
        ({"waiting": 3}, "fault_isolation", 2),
        ({"waiting": 3, "failed": 10}, "fault_isolation", 3),  # the higher of the two
        ({"run": Times(1, 2, 60)}, "long_running_human", 1),
        ({"run": Times(1, 2, 900)}, "long_running_human", 2),
        ({"run": Times(1, 2, 3600)}, "long_running_human", 3),
        ({"run": Times(1, 2, 86_400)}, "long_running_human", 4),
        ({"listeners": 1}, "fanout_extensibility", 1),
        ({"listeners": 3}, "fanout_extensibility", 2),
    ],
)
def test_a_measurement_proposes_the_level_of_its_band(
    changes: dict[str, object], requirement: str, level: int, summary: Summary
):
    assert proposed(summary, dataclasses.replace(QUIET, **changes))[requirement] == level


@pytest.mark.parametrize(
    "changes", [{"failed": 0}, {"waiting": 2}, {"listeners": 0}, {"arrivals": 0, "awaited": 0, "answer": None}]
)
def test_a_measurement_below_every_threshold_proposes_nothing(changes: dict[str, object], summary: Summary):
    found = proposed(summary, dataclasses.replace(QUIET, **changes))
    assert found.keys() <= {"long_running_human", "throughput_scale", "latency_responsiveness"}


@pytest.mark.parametrize(("seconds", "level"), [(59, None), (60, 0)])
def test_how_long_runs_last_is_not_judged_when_too_little_time_was_seen(
    seconds: int, level: int | None, summary: Summary
):
    assert proposed(summary, QUIET, seconds * 10**9).get("long_running_human") == level


def test_a_proposal_carries_its_measurement(summary: Summary):
    found = proposals.propose(summary, knowledge.load())["orders"]
    assert [(one.requirement, one.level, one.measured) for one in found] == [
        ("throughput_scale", 1, "0.185 arrivals a second in the busiest minute"),
        ("latency_responsiveness", 2, "95 of 100 answers within 0.116 s"),
        ("fault_isolation", 3, "100 of 1000 arrivals failed"),
        ("fanout_extensibility", 1, "services that listen: 2"),
    ]


def test_every_measure_is_used():
    assert {row.measure for row in proposals.thresholds(knowledge.load())} == set(proposals.MEASURES)


def test_a_folder_without_thresholds_proposes_nothing(summary: Summary, small: Knowledge):
    assert set(proposals.propose(summary, small).values()) == {()}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "fanout_extensibility,listeners,2,3",
            "fanout_extensibility,listeners,2,1",
            "by listeners has two levels from 1",
        ),
        ("busiest,0,0", "weather,0,0", "row 2, column measure: 'weather' is not allowed; allowed is one of busiest"),
        ("run,4,86400", "run,5,86400", "column level: '5' is not allowed"),
        ("waiting,2,3,", "waiting,2,soon,", "column at_least: 'soon' is not allowed"),
        ("throughput_scale,busiest,0", "speed,busiest,0", "column requirement: 'speed' is not allowed"),
        ("The level says hours.", "", "column reason: '' is not allowed"),
    ],
)
def test_a_mistake_in_the_thresholds_is_told_by_row_and_column(old: str, new: str, told: str, tmp_path: Path):
    shutil.copytree(knowledge.load().folder, tmp_path / "own")
    path = tmp_path / "own" / "thresholds.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=r"thresholds\.csv") as raised:
        proposals.thresholds(knowledge.load(tmp_path / "own"))
    assert told in str(raised.value)
