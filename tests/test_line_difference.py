"""What sets two lines apart: told in words, and nothing where both say the same."""

from dataclasses import replace

from decision_kit import Decision, Evaluation, Knowledge, evaluate, knowledge
from decision_kit.boundaries import line_difference, rules
from decision_kit.boundaries.system import Link, Part, System
from decision_kit.evaluation import again

SHIPPED = knowledge.load()
PAY = Part("pay", "Payment", {"order": 4}, team="red")
MAIL = Part("mail", "Mails", {"scale": 3}, team="blue")
PAIR = System((PAY, MAIL), (Link("pay", "mail", None, "listening"),))


def evaluated(small: Knowledge, made: System | None = PAIR) -> Evaluation:
    return evaluate(Decision("Orders", date="2026-11-26", system=made), small)


def between(small: Knowledge, one: System | None, other: System | None) -> list[str]:
    return line_difference.between(evaluated(small, one).line, evaluated(small, other).line)


def test_the_same_systems_have_nothing_between_them(small: Knowledge):
    assert between(small, PAIR, PAIR) == []
    assert between(small, None, None) == []


def test_a_system_on_one_side_alone_is_told(small: Knowledge):
    assert between(small, PAIR, None) == ["Only the first has a system, of 2 parts."]
    assert between(small, None, System((PAY,))) == ["Only the second has a system, of 1 part."]


def test_parts_that_change_sides_come_first_with_what_was_answered_otherwise(small: Knowledge):
    other = PAIR.change("mail", levels={"order": 2}, team="red", note="why")
    assert between(small, PAIR, other) == [
        "Mails: Choreography → Orchestration",
        "Mails: Scale level 3 → not answered; Order not answered → level 2; team blue → red; a note is added",
        "Least cost of the system: 7.0 → 0.0",
    ]


def test_a_part_that_is_fixed_by_hand_is_not_told_as_if_it_had_had_no_model(small: Knowledge):
    assert between(small, PAIR, PAIR.change("mail", model="orchestration"))[:2] == [
        "Mails: Choreography → Orchestration",
        "Mails: model not fixed by hand → fixed by hand to orchestration",
    ]


def test_parts_and_links_that_only_one_has_are_named(small: Knowledge):
    other = System((PAY, Part("app", "App")), (Link("pay", "app", None, "awaited"),))
    told = between(small, PAIR, other)
    assert told[:4] == [
        "Parts only in the first: Mails.",
        "Links only in the first: Payment → Mails (listening).",
        "Parts only in the second: App.",
        "Links only in the second: Payment → App (awaited).",
    ]


def test_links_and_rules_that_changed_are_told(small: Knowledge):
    busier = replace(PAIR, links=(replace(PAIR.links[0], calls_per_second=50.0),), without=("teams", "path"))
    told = between(small, PAIR, busier)
    assert told[0] == "Links with other calls, undoing or note: Payment → Mails (listening)."
    assert told[1] == ("Rules switched on: undone, waiting, teams, contexts, and path → undone, waiting, and contexts")
    assert between(small, PAIR, replace(PAIR, without=rules.RULES))[0].endswith("contexts, and path → none")
    assert told[2].startswith("Least cost of the system: 7.0 → ")


def since(then: Evaluation, known: Knowledge, own: rules.Rules | None = None) -> str:
    decision = then.recorded().decision
    now = evaluate(decision, known, rules=own)
    return line_difference.since(decision.basis, again(decision, known).line, now.line)


def test_a_line_that_ran_where_it_runs_has_nothing_to_tell(small: Knowledge):
    assert since(evaluated(small), small) == ""


def test_a_line_that_would_run_elsewhere_today_is_told_by_part_and_by_what_changed(small: Knowledge):
    turned = replace(small, digest="another", ratings=tuple(replace(r, rating=-r.rating) for r in small.ratings))
    told = since(evaluated(small), turned)
    assert told.startswith("would have its boundary elsewhere under today's knowledge: Payment: Orchestration → ")
    assert told.endswith("Changed since: the ratings of order and scale.")


def test_dearer_rules_and_traffic_are_named_where_they_move_the_line(small: Knowledge):
    then = evaluated(small, replace(PAIR, links=(Link("pay", "mail", 5.0, "awaited"),)))
    shipped = rules.of(small)
    dear = rules.Rules(tuple(replace(rule, dearer=rule.dearer * 4) for rule in shipped.rules), shipped.traffic)
    assert since(then, small, dear).endswith("Mails: Choreography → Orchestration. Changed since: the rules.")
    busy = rules.Rules(shipped.rules, tuple((calls, factor * 4) for calls, factor in shipped.traffic))
    assert since(then, small, busy).endswith("Changed since: what traffic costs.")


def test_weights_that_move_the_line_are_not_blamed_on_ratings(small: Knowledge):
    then = evaluated(small, PAIR.change("mail", levels={"scale": 3, "order": 1}))
    weights = tuple(replace(step, weight=step.weight * (10 if step.level == 1 else 1)) for step in small.weights)
    told = since(then, replace(small, digest="another", weights=weights))
    assert told.endswith("Mails: Choreography → Orchestration. Changed since: the weights or the settings.")
