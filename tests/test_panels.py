"""The panels: what the notebook shows says what the evaluation says, and never runs what a user typed."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import EXAMPLES

from decision_kit import Answer, Decision, Knowledge, cases, evaluate, knowledge, panels


class Elements(HTMLParser):
    """Collect the elements and the text of a panel."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element and its attributes."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Keep the text, and the gap that an element makes between two texts."""
        self.text += f" {data}"


def text(html: str) -> str:
    return " ".join(Elements(html).text.split())


def test_a_system_that_the_decision_holds_is_told_with_the_way_to_it(rides: Decision):
    shown = panels.verdict(evaluate(rides))
    assert "This decision holds a system of 8 parts and 12 links." in text(shown)
    assert ("href", "4_boundaries.ipynb") in Elements(shown).attributes
    assert "holds a system" not in panels.verdict(evaluate(replace(rides, system=None)))


def test_the_verdict_shows_progress_ranking_missing_and_lean():
    shown = text(panels.verdict(evaluate(Decision.open(EXAMPLES / "amazon-orders.decision.json"))))
    assert "5 of 13 answered Clear: choreography." in shown
    assert "Choreography 71 % Orchestration 35 % Hybrid not compared" in shown
    assert "Hybrid cannot be compared yet: name the core" in shown
    assert "Not answered and left out of the fit: Strict ordering" in shown
    assert "Mind the lean" in shown


def test_the_reasons_have_a_table_that_adds_up_and_measured_facts_with_source_and_caveat(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    shown = text(panels.reasons(evaluation))
    assert "What speaks for Hybrid, compared with Orchestration: Loose coupling and team autonomy (4.3 points)" in shown
    assert "Fit 56.6 46.0 61.4" in shown
    assert "7,323 of 9,256" in shown
    facts = [fact for fact in evaluation.knowledge.measurements if fact.requirement == "fault_isolation"]
    for fact in facts:
        assert fact.title in shown
        assert fact.setting in shown
        assert fact.caveat in shown
        assert evaluation.knowledge.sources[fact.source].title in shown


def test_a_cell_with_few_sources_is_marked():
    shown = text(panels.reasons(evaluate(Decision.from_answers("Few", {"security_of_plane": 4, "fault_isolation": 1}))))
    assert "Security of the control and message plane 8.00 22.2* 22.2*" in shown
    assert "Fault isolation 1.00 3.2 8.3" in shown


@pytest.mark.parametrize(("few", "mark"), [(3, "*"), (2, "")])
def test_which_sources_are_few_is_what_the_knowledge_says(few: int, mark: str, broken: Callable[[str, str, str], Path]):
    known = knowledge.load(broken("settings.csv", "floor_sources,3", f"floor_sources,{few}"))
    shown = text(panels.reasons(evaluate(Decision.from_answers("Any", {"upkeep": 1, "order": 1, "scale": 1}), known)))
    assert f"* rests on fewer than {few} sources." in shown
    assert f"Upkeep 1.00 16.7{mark} 8.3{mark} Fit" in shown


def test_a_place_of_the_map_names_what_fits_best_and_where_another_comes_first_in_more_readings(small: Knowledge):
    answered = Decision.from_answers("Any", {"order": 2, "scale": 3, "upkeep": 1})
    shown = text(panels.winner_map(evaluate(answered, small), "order", None))
    assert (
        "What fits best at the 5 places: Orchestration at 3 and Choreography at 2. At 1 of them another model comes "
        "first in more readings, which the place names too."
    ) in shown
    assert (
        "2: Welcome. Orchestration first in 47 %, Choreography in 48 % 3: A reason. Orchestration first in 69 %"
        in shown
    )


def test_guidance_waits_for_a_recommendation_and_then_names_symptoms_and_sources(order_and_payment: Decision):
    assert "appears here once" in text(panels.guidance(evaluate(Decision("Empty"))))
    shown = text(panels.guidance(evaluate(order_and_payment)))
    assert "Draw a clear boundary and keep it." in shown
    assert "You see it when one business event leads to several runs" in shown
    assert "Monitor the orchestrator as a core service." in shown


def test_every_requirement_says_why_it_matters_and_which_way_it_pulls():
    evaluation = evaluate(Decision("Empty"))
    for requirement in knowledge.load().requirements.values():
        shown = text(panels.why(evaluation, requirement.id))
        assert requirement.why in shown
        assert ("do not agree" in shown) == (requirement.pull == "either")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"])
def test_nothing_a_user_typed_becomes_an_element(hostile: str, tmp_path: Path, order_and_payment: Decision):
    decision = replace(order_and_payment.answer("strict_ordering", note=hostile), name=hostile, core=hostile)
    evaluation = evaluate(decision)
    (tmp_path / "x.md").write_text(hostile)
    for shown in (
        panels.verdict(evaluation),
        panels.reasons(evaluation),
        panels.guidance(evaluation),
        panels.message(hostile),
        panels.saved(tmp_path / hostile.replace("/", "")),
        panels.exported(evaluation, [tmp_path / "x.md"]),
    ):
        elements = Elements(shown)
        assert not {"script", "img"} & set(elements.tags)
        assert not any(name.startswith("on") for name, _ in elements.attributes)


def test_an_address_that_is_not_of_the_web_is_no_link():
    shipped = knowledge.load()
    sources = {key: replace(source, address="javascript:alert(1)") for key, source in shipped.sources.items()}
    evaluation = evaluate(
        Decision.open(EXAMPLES / "uber-rides.decision.json"), replace(shipped, sources=sources, figures=())
    )
    for shown in (panels.reasons(evaluation), panels.guidance(evaluation)):
        assert "a" not in Elements(shown).tags


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("x"), "More"),
        (
            Answer("x", (1, 3), "core", must=True, note="y"),
            "More: between level 1 and 3, need of the core, must-have, note",
        ),
    ],
)
def test_the_button_says_what_lies_behind_it(answer: Answer, said: str):
    assert panels.more(answer, opened=False) == said


def test_of_several_titles_at_one_address_only_the_first_is_the_link():
    known = knowledge.load()
    (case,) = [case for case in cases.of(known) if case.id == "michelin-logistics"]
    first, *others = case.source_title.split("; ")
    assert len(others) == 2
    assert f">{first}</a>; also {'; '.join(others)}" in panels.case_list(known, [case], 1)
    for linked in re.findall(">([^<]*)</a>", panels.case_list(known, cases.of(known), 58)):
        assert "; " not in linked.replace("&#39;", "").replace("&amp;", "")


def test_two_decisions_beside_each_other_say_not_sure_once_and_what_marks_the_answer(small: Knowledge):
    one = Decision.from_answers("One", {"order": {"level": "not sure", "must": True, "note": "<b>ask</b>"}})
    other = Decision.from_answers("Other", {"order": 3, "scale": "not sure"})
    shown = panels.compare(evaluate(one, small), evaluate(other, small), ("one", "other"))
    text = " ".join(Elements(shown).text.split())
    assert "Not sure. Must-have; <b>ask</b>" in text
    assert f"{small.requirements['order'].levels[3]} Level 3" in text
    assert "Scale Not answered. Not sure." in text
    assert text.lower().count("not sure") == 2
