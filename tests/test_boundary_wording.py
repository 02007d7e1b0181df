"""The sentences about a line: plain, and true to the figures."""

from dataclasses import replace

import pytest

from decision_kit import Knowledge
from decision_kit.boundaries import boundary, crossings, pulls, rules
from decision_kit.boundaries import boundary_wording as wording
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import Link, Part, System

PAY = Part("pay", "Payment", {"order": 4}, team="red")
MAIL = Part("mail", "Mails", {"scale": 3}, team="blue")


def line(small: Knowledge, *parts: Part, kind: str = "awaited", without: tuple[str, ...] = ()) -> Line:
    made = System(parts or (PAY, MAIL), (Link("pay", "mail", None, kind),))
    return boundary.draw(made, small, rules.of(small).without(without))


def test_it_says_where_the_line_runs_and_what_it_costs(small: Knowledge):
    drawn = line(small, kind="listening")
    assert wording.sides(drawn) == ["Orchestration: Payment.", "Choreography: Mails."]
    assert wording.crossed(drawn) == [
        "The boundary crosses 1 link, the dearest first:",
        "  Payment → Mails (listening)",
    ]
    assert wording.cost(drawn) == (
        "This costs 7.0 (fit 85 %): 4.0 because models do not serve every need of their parts, 3.0 for the boundary."
    )
    assert wording.alternatives(drawn) == (
        "Orchestration for everything would cost 5.0 more (fit 75 %); "
        "Choreography for everything would cost 29.0 more (fit 25 %)."
    )
    assert wording.nearest(drawn) == "Nearest to changing sides: Mails; on the other side all would cost 5.0 more."
    assert wording.ties(drawn) == "No other assignment is as cheap."
    assert wording.dearest(drawn) == (
        "The dearest link to cross is Payment → Mails (listening): a boundary that crosses it alone costs at least 3.0."
    )
    assert wording.rounding(drawn) == ""


def test_it_says_of_how_many_parts_too_little_is_answered_for_a_verdict(small: Knowledge):
    assert small.enough == 2
    assert wording.answered(line(small)) == (
        "Not enough answers: 2 of 2 parts have fewer than the 2 of 3 answers that a verdict needs."
    )
    enough = {"order": 4, "scale": 0}
    assert wording.answered(line(small, replace(PAY, levels=enough), MAIL)) == (
        "1 of 2 parts has fewer than the 2 of 3 answers that a verdict needs; where it lies rests on little."
    )
    assert wording.answered(line(small, replace(PAY, levels=enough), replace(MAIL, levels=enough))) == ""
    alone = boundary.draw(System((PAY,)), small)
    assert wording.answered(alone).startswith("Not enough answers: the one part has fewer than the 2 of 3 answers")


def test_it_says_that_nothing_is_answered_where_no_part_has_an_answer(small: Knowledge):
    assert wording.answered(line(small, replace(PAY, levels={}), replace(MAIL, levels={}))) == (
        "Nothing is answered yet for any of the 2 parts, so nothing is said of where the boundary runs."
    )
    alone = boundary.draw(System((replace(PAY, levels={}),)), small)
    assert wording.answered(alone).startswith("Nothing is answered yet for the one part, so nothing is said")


def test_it_says_so_where_there_is_no_line(small: Knowledge):
    drawn = line(small, PAY, replace(MAIL, levels={"order": 1}))
    assert wording.sides(drawn) == ["Orchestration: Payment and Mails."]
    assert wording.crossed(drawn) == ["No link is crossed."]
    assert wording.alternatives(drawn).startswith("Orchestration for everything would cost the same (fit 100 %)")


def test_of_parts_asked_about_it_is_told_how_near_they_are_and_of_none_that_it_is_the_nearest(small: Knowledge):
    system = System((PAY, MAIL), (Link("pay", "mail", None, "listening"),))
    told = wording.nearest(boundary.draw(system, small, flips=["pay"]))
    assert told == "On the other side all would cost: with Payment 29.0 more."
    assert wording.nearest(boundary.draw(system, small, flips=[])) == ""


def test_several_links_that_are_dearest_are_all_named(small: Knowledge):
    links = tuple(Link("pay", "mail", None, kind) for kind in ("", "listening"))
    drawn = boundary.draw(System((PAY, MAIL), links), small, rules.of(small).without(rules.RULES))
    assert wording.dearest(drawn) == (
        "The dearest links to cross are Payment → Mails and Payment → Mails (listening): a boundary that crosses one "
        "alone costs at least 3.0."
    )


def test_ties_name_the_parts_that_are_free(small: Knowledge):
    drawn = line(small, PAY, replace(MAIL, levels={}), without=rules.RULES)
    assert wording.ties(drawn) == "No other assignment is as cheap."
    drawn = boundary.draw(System((PAY, Part("app", "App"))), small)
    assert wording.ties(drawn).startswith("Others are as cheap: App could as well have Orchestration (shown is the ")
    assert wording.nearest(drawn) == ""


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("orchestration", "Mails is fixed to Orchestration; on the other side all would cost 2.0 less."),
        ("choreography", "Mails is fixed to Choreography; on the other side all would cost 2.0 more."),
    ],
)
def test_what_is_fixed_by_hand_is_told_with_its_price(small: Knowledge, model: str, said: str):
    assert wording.fixed(line(small, PAY, replace(MAIL, model=model))) == [said]


def test_a_contradiction_names_both_rules_with_their_sources_and_the_one_applied(small: Knowledge):
    (said,) = wording.contradictions(line(small))
    assert said.startswith("On 1 link two rules contradict each other: “The boundary runs where nobody waits” (")
    assert said.endswith("table of rules. This is so for Payment → Mails (awaited).")
    assert ") was applied and “The boundary runs between teams” (" in said
    assert wording.contradictions(line(small, without=("teams",))) == []


def test_a_link_of_which_several_rules_say_the_opposite_is_told_once(small: Knowledge):
    pay, mail, copy = (replace(PAY, context="sales"), replace(MAIL, context="post"), replace(MAIL, id="copy", title=""))
    links = [Link("pay", end, None, "awaited") for end in ("mail", "copy")]
    drawn = boundary.draw(System((pay, mail, copy), tuple(links)), small)
    both, one = wording.contradictions(drawn, sources=False)
    assert both == (
        "On 1 link a rule contradicts others: “The boundary runs where nobody waits” was applied and “The boundary "
        "runs between teams” and “The boundary runs between bounded contexts” set aside, as they stand lower in the "
        "table of rules. This is so for Payment → Mails (awaited)."
    )
    assert one == (
        "On 1 link two rules contradict each other: “The boundary runs where nobody waits” was applied and “The "
        "boundary runs between teams” set aside, as it stands lower in the table of rules. This is so for Payment → "
        "copy (awaited)."
    )


def test_what_the_rules_change_is_told(small: Knowledge):
    assert wording.rules(line(small, without=rules.RULES)) == "No published rule is switched on."
    assert wording.rules(line(small)) == (
        "Rules switched on: “What is undone together stays together” (undone), “The boundary runs where nobody waits” "
        "(waiting), “The boundary runs between teams” (teams), “The boundary runs between bounded contexts” "
        "(contexts), and “Critical path orchestrated, side effects choreographed” (path). Without them the boundary "
        "would run in the same place."
    )
    torn = line(small, PAY, replace(MAIL, critical_path="yes"))
    assert wording.rules(torn).endswith("Without them Mails would change sides.")


def test_a_rule_that_is_switched_off_for_the_system_is_named(small: Knowledge):
    off = "Switched off: “The boundary runs between teams” (teams)."
    one = boundary.draw(System((PAY, MAIL), without=("teams",)), small)
    assert wording.rules(one).endswith(f"would run in the same place. {off}")
    assert "(teams)" not in wording.rules(one).removesuffix(off)
    none = boundary.draw(System((PAY, MAIL), without=rules.RULES), small)
    assert wording.rules(none).startswith(
        "No published rule is switched on. Switched off: “What is undone together stays together” (undone), “The "
    )


def test_of_very_many_parts_and_links_some_are_named_and_the_others_counted(small: Knowledge):
    mails = [replace(MAIL, id=f"m{at}", title="") for at in range(25)]
    drawn = boundary.draw(System((PAY, *mails), tuple(Link("pay", mail.id) for mail in mails)), small)
    assert wording.sides(drawn)[1].endswith("m18, m19, and 5 more.")
    assert len(wording.crossed(drawn)) == 1 + 20 + 1
    assert wording.crossed(drawn)[-1] == "  and 5 more"


def test_a_line_and_the_verdict_on_the_whole_are_set_beside_each_other(small: Knowledge):
    drawn = line(small, kind="listening")
    assert wording.beside(drawn, "hybrid") == (
        "The verdict rests on the answers for the whole. The boundary is drawn from what each of the 2 parts needs, at "
        "the least cost, and gives a hybrid. This agrees with the verdict."
    )
    assert wording.beside(drawn, "choreography").endswith("and gives a hybrid. This does not agree with the verdict.")
    assert wording.beside(drawn, None).endswith("at the least cost, and gives a hybrid.")
    alone = boundary.draw(System((PAY,)), small)
    assert "from what its one part needs" in wording.beside(alone, "orchestration")


@pytest.mark.parametrize(
    ("verdict", "chosen", "said"),
    [
        ("choreography", "hybrid", " This agrees with what the deciders chose, but not with the verdict."),
        ("hybrid", "choreography", " This agrees with the verdict, but not with what the deciders chose."),
        ("hybrid", "hybrid", " This agrees with the verdict."),
        ("choreography", "orchestration", " This does not agree with the verdict or with what the deciders chose."),
        (None, "hybrid", " This agrees with what the deciders chose."),
        (None, "choreography", " This does not agree with what the deciders chose."),
    ],
)
def test_a_line_is_set_beside_what_the_deciders_chose_too(
    small: Knowledge, verdict: str | None, chosen: str, said: str
):
    told = wording.beside(line(small, kind="listening"), verdict, chosen)
    assert told.partition("and gives a hybrid.")[2] == said


def test_what_is_fixed_by_hand_is_not_called_the_cheapest(small: Knowledge):
    drawn = line(small, PAY, replace(MAIL, model="orchestration"))  # 12, and 10 with the mails left free
    by_hand = "ith 1 part fixed by hand, which costs 2.0 more than without, "
    assert wording.ties(drawn) == f"W{by_hand}no other assignment is as cheap."
    assert f"at the least cost, w{by_hand}and gives orchestration." in wording.beside(drawn, None)
    at_home = line(small, PAY, replace(MAIL, model="choreography"))
    assert "which costs the same as without, no other assignment" in wording.ties(at_home)


def test_a_part_that_lies_elsewhere_than_core_and_reactions_are_described_is_named(small: Knowledge):
    drawn = line(small, kind="listening")  # Payment has orchestration, Mails choreography
    assert wording.described(drawn, "the  PAYMENT, first", "mails") == []
    assert wording.described(drawn, "Orders", "Mails and, later, payment") == [
        "Payment stands in the reactions as described, but as a part of the system it has Orchestration."
    ]
    assert wording.described(drawn, "Mails", "Payment")[0] == (
        "Mails stands in the core as described, but as a part of the system it has Choreography."
    )
    assert wording.described(drawn, "", "Payment") != []
    assert wording.described(drawn, "Payment", "Payment") == []
    assert wording.described(drawn, "", "Payments, prepayment") == []
    more = (PAY, MAIL, Part("copy", "Payment copies", {"scale": 3}), Part("app", "App (new)", {"order": 4}))
    drawn = boundary.draw(System(more), small)
    assert wording.described(drawn, "Payment", "Payment copies") == []
    assert wording.described(drawn, "", "Payment; App (new)")[0].startswith(
        "Payment and App (new) stand in the reactions as described, but as parts of the system they have Orch"
    )


def test_it_says_of_each_part_why_it_lies_where_it_does_and_how_near_it_is(small: Knowledge):
    drawn = line(small, kind="listening")
    pay, mail = drawn.parts
    assert [wording.why(line(small), side) for side in (pay, mail)] == ["Order", "Scale"]
    assert [wording.near(drawn, side) for side in (pay, mail)] == ["29.0 more", "5.0 more"]
    torn = line(small, PAY, replace(MAIL, levels={"scale": 1}))
    assert wording.why(torn, torn.parts[1]) == "Its links; its own needs speak for Choreography"
    fixed = line(small, PAY, replace(MAIL, model="orchestration"))
    assert (wording.why(fixed, fixed.parts[1]), wording.near(fixed, fixed.parts[1])) == ("Fixed by hand", "2.0 less")
    idle = boundary.draw(System((PAY, Part("app", "App"))), small)
    assert (wording.why(idle, idle.parts[1]), wording.near(idle, idle.parts[1])) == (
        "Nothing speaks for either",
        "the same",
    )


def test_what_is_to_be_built_is_named_where_it_differs_from_crossing_to_crossing(small: Knowledge):
    (crossing,) = crossings.of(line(small))
    assert wording.built(crossing) == "Avoid: A core that waits for a reaction; Leave the core through an outbox"
    assert wording.advised(crossing.advice[-1]) == "At every crossing: Carry one correlation id across the boundary"


def test_a_rule_of_those_shipped_has_its_source_under_any_folder(small: Knowledge):
    drawn = line(small)
    assert [wording.source(drawn, rule).title[:6] for rule in drawn.rules.rules[:2]] == ["Ford, ", "Vanlig"]
    assert wording.source(drawn, replace(drawn.rules.rules[0], source="")) is None


def test_one_part_is_told_in_a_few_words(small: Knowledge):
    drawn = line(small, kind="listening")
    assert wording.side(drawn, drawn.parts[1], wording.paid(drawn)) == [
        "Choreography",
        "costs 4.0 and pays 1.0 for the boundary",
        "on the other side all would cost 5.0 more",
    ]
    fixed = line(small, PAY, replace(MAIL, model="orchestration"))
    assert wording.side(fixed, fixed.parts[1], wording.paid(fixed))[0] == "Orchestration, fixed by hand"


def test_what_holds_a_part_and_what_speaks_for_the_other_side_is_told(small: Knowledge):
    drawn = line(small, kind="listening")
    assert wording.held(drawn, pulls.of(drawn, "mail")) == [
        "Mails lies with Choreography.",
        "With Orchestration all would cost 5.0 more if the others stay.",
        "For Choreography speaks Scale (8.0).",
        "For Orchestration speaks a boundary that costs less (3.0).",
        "The boundary crosses 1 of its 1 link; with Orchestration it would cross 0.",
    ]


def test_what_a_move_changes_is_told(small: Knowledge):
    before = line(small, kind="listening")
    told = wording.moved(before, line(small, PAY, replace(MAIL, model="orchestration")))
    assert told[0] == "Mails changes to Orchestration."
    assert told[1].startswith("The boundary crosses 0 links instead of 1, and all costs ")
    assert wording.moved(before, before)[0] == "No part changes sides."
    assert wording.moved(before, before)[1].startswith("The boundary still crosses 1 link, and all costs the same")
