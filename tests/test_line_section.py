"""What record and report show of a line: whole for a system, nothing without one."""

from markupsafe import Markup

from decision_kit import Decision, evaluate
from decision_kit.boundaries import drawing, line_section


def test_of_a_system_there_is_a_picture_a_flowchart_and_the_sources_of_all_that_is_said(rides: Decision):
    line = evaluate(rides).line
    shown = line_section.of(line)
    assert (shown["picture"], shown["flowchart"]) == (drawing.svg(line), drawing.mermaid(line).strip())
    assert isinstance(shown["picture"], Markup)
    assert [crossing.joint for crossing in shown["crossings"]] == list(line.crossed)
    assert shown["cited_by_line"] == {
        "zalando2022", "article", "hardparts11", "vanlightly", "newman", "aws_serverlessland"
    }  # fmt: skip


def test_without_a_system_nothing_is_shown_or_cited():
    assert line_section.of(None) == {"drawn": None, "cited_by_line": set()}
