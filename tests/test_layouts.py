"""The layouts of a record: what every reader takes, figures that add up, user text shown as it is."""

import re
from dataclasses import replace

import pytest

from decision_kit import Decision, InputError, Knowledge, evaluate, layouts
from decision_kit.boundaries import boundary_wording, drawing
from decision_kit.boundaries.system import Link, Part, System


def madr(decision: Decision) -> str:
    return layouts.write(evaluate(decision).recorded(), "0001-x")


def test_the_layout_is_the_one_all_readers_take(order_and_payment: Decision):
    text = madr(order_and_payment)
    lines = text.splitlines()
    assert lines[:3] == ["---", "status: proposed", "date: 2026-11-23"]
    closing = lines.index("---", 1)
    assert lines[closing - 1].startswith("### Written by decision-kit from 0001-x.decision.json, layout madr, seal ")
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
    text = madr(order_and_payment)
    rows = [[cell.strip() for cell in line.split("|")[3:6]] for line in text.splitlines() if line.startswith("| ")]
    scores = [[float(cell) for cell in row] for row in rows if re.fullmatch(r"[\d.]+", row[0])]
    *parts, total = scores
    assert len(parts) == 13
    for column in range(3):
        assert sum(row[column] for row in parts) == pytest.approx(total[column], abs=0.05 * 14)


def test_a_must_have_in_question_stands_with_the_option_it_concerns(order_and_payment: Decision):
    text = madr(order_and_payment)
    before, after = text.split("### Choreography")
    assert "because of a must-have" not in before
    assert (
        "\n* Bad, because of a must-have: Choreography is rated 0.5 of 4 on the must-have Strict ordering, but "
        in after
    )
    assert "of 4 on Strict ordering" not in after.split("### Hybrid")[0]  # it is not said a second time


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_a_record_of_a_system_says_where_the_boundary_runs_in_words_tables_and_mermaid_text(
    layout: str, rides: Decision
):
    evaluation = evaluate(rides).recorded()
    text = layouts.write(evaluation, "0001-x", layout)
    assert text.count("\n### Where the Boundary Runs\n") == 1
    said = [*boundary_wording.sides(evaluation.line), *boundary_wording.told(evaluation.line)]
    assert all(f"\n* {sentence}\n" in text for sentence in said)
    assert f"\n```mermaid\n{drawing.mermaid(evaluation.line)}```\n" in text
    why = "Strict ordering; Undo and consistency; Central control of change"
    assert f"| Ride flow | Orchestration | {why} | 76.3 | 11.5 | 40.2 more |" in text
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| listening \| Leave the core through an outbox \|$", text, re.MULTILINE)
    assert len(rows) == len(evaluation.line.crossed) == 6
    assert "* Leave the core through an outbox. (Zalando: " in text  # what it means stands under Confirmation
    assert "* waiting: The boundary runs where nobody waits (Vanlightly: " in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_one_section_holds_the_boundary_as_described_and_as_it_runs_through_the_parts(layout: str, rides: Decision):
    fixed = replace(rides, reactions="receipts, pricing", system=rides.system.change("pricing", model="orchestration"))
    text = layouts.write(evaluate(fixed).recorded(), "0001-x", layout)
    section = text.partition("\n### Where the Boundary Runs\n")[2].partition("| Part |")[0]
    for said in (
        f"The core, which must run in order and be undone together: {fixed.core}",
        "The reactions, which only listen: receipts, pricing",
        "* Pricing stands in the reactions as described, but as a part of the system it has Orchestration.",
        "at the least cost, with 1 part fixed by hand, which costs the same as without, and",
    ):
        assert said in section
        assert text.count(said) == 1


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_lists_that_follow_from_costs_are_not_said_to_be_what_core_and_reactions_are(layout: str, rides: Decision):
    core, reactions = boundary_wording.lists(evaluate(rides).line)
    text = layouts.write(evaluate(replace(rides, core=core, reactions=reactions)).recorded(), "0001-x", layout)
    assert f"\nThe parts that have Orchestration where the boundary costs least: {core}\n" in text
    assert f"\nThe parts that have Choreography where the boundary costs least: {reactions}\n" in text
    assert "which must run in order" not in text
    assert "which only listen" not in text


def test_a_record_without_a_system_says_nothing_of_parts(order_and_payment: Decision):
    text = madr(order_and_payment)
    assert "Where the Boundary Runs" not in text
    assert f"together: {order_and_payment.core}\n" in text
    assert "mermaid" not in text


def test_a_system_too_large_to_draw_still_has_its_tables():
    core = {"levels": {"strict_ordering": 4, "consistency_compensation": 4}, "critical_path": "yes"}
    rest = {"levels": {"fanout_extensibility": 4, "throughput_scale": 4}, "critical_path": "side effect"}
    parts = tuple(Part(f"p{at}", **(core if at < 50 else rest)) for at in range(100))
    made = System(parts, tuple(Link(f"p{at}", f"p{99 - at}", kind="listening") for at in range(45)))
    text = madr(Decision("Large", date="2026-11-26", system=made))
    assert "mermaid" not in text
    assert "100 parts and 45 links are too many to draw; the table holds them." in text
    assert text.count("\n| p") == 100 + 45


def test_a_choice_against_the_verdict_is_the_outcome_with_its_reason_and_the_verdict_beside_it(
    order_and_payment: Decision,
):
    own = replace(order_and_payment, chosen="orchestration", because="We run the engine already.")
    text = madr(own)
    assert "\n# Coordinate Order and payment with orchestration\n" in text
    outcome = text.split("## Decision Outcome\n\n")[1].split("\n\n")
    assert outcome[0] == 'Chosen option: "Orchestration", because the deciders say: We run the engine already.'
    assert "Verdict: " not in text  # it is that of another model, and said with it
    assert outcome[1].startswith("This is the deciders' own choice. decision-kit says: Leaning towards a hybrid of ")
    assert "we decided for orchestration and neglected Choreography and Hybrid, as it does more than Hybrid" in text
    assert re.search(r"^\* Good, because it serves .* better than Hybrid \(", text, re.MULTILINE)
    without = madr(replace(own, because=" "))
    assert 'Chosen option: "Orchestration", because of reasons that are not given.' in without


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_the_consequences_add_up_to_the_lead_they_end_with(layout: str, order_and_payment: Decision):
    text = layouts.write(evaluate(order_and_payment).recorded(), "0001-x", layout)
    good, bad = (
        [float(told) for told in re.findall(rf"\* {word}, because it serves .* \((.*) points of fit\)", text)]
        for word in ("Good", "Bad")
    )
    assert (len(good), len(bad)) == (5, 1)
    assert re.search(
        r"\n\* Bad, because a boundary has a price\. .* costs Hybrid in all, 2\.9 points lie on needs", text
    )
    assert sum(good) - sum(bad) - 2.9 == pytest.approx(4.9, abs=0.05 * 7)
    assert "\n\nIn all, it is 4.9 points of fit ahead of Orchestration; each figure is rounded.\n\n" in text


def test_a_boundary_that_is_not_drawn_has_its_price_told_as_neutral(order_and_payment: Decision):
    text = madr(replace(order_and_payment, chosen="orchestration", because="We run the engine already."))
    assert "\n* Neutral, because a boundary has a price. Drawing the boundary costs 6.2 points" in text
    assert "\n\nIn all, it is 4.9 points of fit behind Hybrid; each figure is rounded.\n" in text


def test_a_verdict_by_must_haves_alone_names_what_the_model_is_weak_at_and_who_was_ruled_out(small: Knowledge):
    answers = {"order": {"level": 4, "must": True}, "scale": {"level": 3, "must": True}, "upkeep": 1}
    text = layouts.write(evaluate(Decision.from_answers("Any", answers), small).recorded(), "0001-x")
    told = text.partition("### Consequences")[2].partition("### Confirmation")[0]
    assert (
        "\n* Neutral, because no other candidate was left: must-haves rule out Choreography (25 %), whatever " in told
    )
    assert "\n* Bad, because it is weak at the must-have Scale: it is rated 1.0 of 4\n" in told


def test_where_no_model_is_recommended_a_consequence_names_the_one_it_speaks_of():
    text = madr(Decision.from_answers("Few", {"strict_ordering": 4}, date="2026-11-23"))
    assert "* Good, because Orchestration serves Strict ordering better than Choreography (" in text
    assert "because it serves" not in text


def test_one_rating_has_one_word_whatever_is_rated(order_and_payment: Decision):
    text = madr(order_and_payment)
    told = re.findall(r"^\* (Good|Neutral|Bad), because it is rated (\d\.\d) of 4", text, re.MULTILINE)
    assert ("Bad", "1.5") in told  # 1.46 and 1.55 both are, as they are shown
    assert len(told) == 38  # the must-have that one of them fails is told by itself
    for word, rated in told:
        assert word == ("Good" if float(rated) >= 2.5 else "Bad" if float(rated) <= 1.5 else "Neutral"), rated
    assert "An option rated 2.5 of 4 or more on a need is called good at it, one rated 1.5 or less bad" in text


def test_what_the_deciders_add_to_the_recommended_model_is_told(order_and_payment: Decision):
    for chosen in ("", "hybrid"):
        text = madr(replace(order_and_payment, chosen=chosen, because="It is how we work."))
        assert "\n\nThe deciders add: It is how we work.\n\n" in text
        assert "own choice" not in text


def test_a_layout_that_is_none_is_refused(order_and_payment: Decision):
    with pytest.raises(InputError, match="layout: 'word' is not one of madr, nygard, madr2"):
        layouts.write(evaluate(order_and_payment).recorded(), "0001-x", "word")


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_any_change_of_the_text_or_of_the_decision_breaks_the_seal(layout: str, order_and_payment: Decision):
    evaluation = evaluate(order_and_payment).recorded()
    text = layouts.write(evaluation, "0001-x", layout)
    assert layouts.intact(text, evaluation.decision) == (True, True)
    assert layouts.intact(text.replace("\n", "\r\n"), evaluation.decision) == (True, True)
    assert layouts.intact(text.replace("61.4", "71.4"), evaluation.decision) == (True, False)
    assert layouts.intact(text, order_and_payment) == (False, True)
    assert layouts.intact("# By hand\n", evaluation.decision) == (False, False)
