"""What the notebook shows of a line: sentences that do not grow with the system, tables, sources, nothing unescaped."""

from decision_kit.boundaries import boundary, line_panels, system
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import Part, System


def test_a_small_system_is_told_by_the_names_of_its_parts_and_a_larger_one_by_their_number(uber: Line):
    assert "Choreography: Notifications, Analytics, and Receipts." in line_panels.line(uber)
    parts = tuple(Part(f"p{at}", levels={("strict_ordering", "fanout_extensibility")[at % 2]: 4}) for at in range(30))
    larger = boundary.draw(System(parts))
    assert "The boundary crosses 0 of 0 links." in line_panels.line(larger)
    assert "Orchestration has 15 parts and Choreography has 15 parts." in line_panels.line(larger)


def test_how_much_is_answered_is_told_first(uber: Line):
    told = line_panels.line(uber)
    assert -1 < told.find("3 of 8 parts have fewer than the 5") < told.find("The boundary crosses")


def test_where_nothing_is_answered_only_that_is_told():
    bare = boundary.draw(System((Part("a"), Part("b"))))
    for told in (
        line_panels.line(bare),
        line_panels.costs(bare),
        line_panels.held(bare, "a"),
        line_panels.bridges(bare),
    ):
        assert "Nothing is answered yet for any of the 2 parts" in told
        assert "Choreography" not in told
    assert line_panels.tables(bare) == ""


def test_the_tables_hold_every_part_and_every_link_those_that_are_crossed_first(uber: Line):
    told = line_panels.tables(uber)
    for part in uber.system.parts:
        assert f'<th scope="row">{part.name}</th>' in told
    crossed = [row.partition('data-head="Crossed">')[2][:3] for row in told.splitlines() if " → " in row]
    assert crossed == ["yes"] * 6 + ["no<"] * 6


def test_what_the_tables_of_a_system_may_hold_is_told_for_every_column(uber: Line):
    told = line_panels.columns(uber.knowledge)
    for column in (*system.part_columns(uber.knowledge), *system.LINK_COLUMNS):
        assert f"<code>{column}</code>" in told
    for word in (*system.PATHS, system.AWAITED, system.LISTENING, uber.made.core, uber.made.reactions):
        assert f"<code>{word}</code>" in told


def test_costs_are_told_with_their_unit(uber: Line):
    told = line_panels.costs(uber)
    assert "This costs 329.1" in told
    assert "Costs count rating steps times weight" in told


def test_a_rule_stands_with_its_source_and_the_reason_for_its_numbers(uber: Line):
    rule = next(rule for rule in uber.rules.rules if rule.id == "waiting")
    told = line_panels.rule(uber, rule)
    assert uber.knowledge.sources[rule.source].address in told
    assert "our judgement" in told


def test_nothing_moved_is_nothing_to_tell(uber: Line):
    assert line_panels.moved(uber, uber) == ""
    later = boundary.draw(uber.system.change("ride", note="asked again"), uber.knowledge)
    assert "No part changes sides." in line_panels.moved(uber, later)


def test_where_no_link_is_crossed_there_is_nothing_to_build():
    alone = boundary.draw(System((Part("a", levels={"strict_ordering": 4}),)))
    assert "there is nothing to build" in line_panels.bridges(alone)
