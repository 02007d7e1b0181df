"""The picture of a line: readable with 30 parts, safe with any text."""

import itertools
import re
import xml.etree.ElementTree as ET

import hostile
import numpy as np
import pytest

from decision_kit.boundaries import boundary, drawing, layers
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import Link, Part, System


def elements_of(svg: str) -> list[ET.Element]:
    """Read the elements of a picture, their tags without the name of the format."""
    root = ET.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ""))  # noqa: S314 - our own
    return list(root.iter())


def of_size(parts: int, links: int, seed: int = 0) -> Line:
    """Draw the line of a system made up by chance, the first half of which asks for order."""
    rng = np.random.default_rng(seed)
    made = tuple(
        Part(
            f"p{at}",
            f"Part number {at}",
            {"strict_ordering" if at < parts / 2 else "fanout_extensibility": 4},
            critical_path="yes" if at < parts / 2 else "side effect",
        )
        for at in range(parts)
    )
    ends = {tuple(sorted(rng.choice(parts, 2, replace=False).tolist())) for _ in range(links)}
    joined = tuple(Link(f"p{a}", f"p{b}", kind="awaited" if b < parts / 2 else "listening") for a, b in sorted(ends))
    return boundary.draw(System(made, joined))


def test_the_example_has_its_core_above_the_line_and_its_reactions_below(uber: Line):
    drawn = drawing.sketch(uber)
    core = {box.side.part.id for box in drawn.boxes if box.y < drawn.line}
    assert core == {name for name, model in uber.assignment.items() if model == "orchestration"}
    assert [(region.name, region.parts) for region in drawn.regions] == [("Core", 5), ("Reactions", 3)]
    assert sum(len(stroke.links) for stroke in drawn.strokes if stroke.crossing) == len(uber.crossed) == 6


@pytest.mark.parametrize("seed", range(5))
def test_thirty_parts_do_not_overlap_and_fit_the_page(seed: int):
    drawn = drawing.sketch(of_size(30, 45, seed))
    assert len(drawn.boxes) == 30
    for one, other in itertools.combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= layers.BOX or abs(one.y - other.y) >= drawing.HIGH
    assert drawn.width < 1300
    for box in drawn.boxes:
        assert box.x - layers.BOX / 2 >= drawing.SIDE
        assert box.x + layers.BOX / 2 <= drawn.width


def with_titles(titles: list[str]) -> Line:
    """Draw a line through parts with these titles."""
    parts = tuple(Part(f"p{at}", title, {"strict_ordering": 4}) for at, title in enumerate(titles))
    return boundary.draw(System(parts, (Link("p0", "p1", kind="listening"),)))


@pytest.mark.parametrize("titles", [hostile.ALONE[at : at + 30] for at in range(0, len(hostile.ALONE), 30)])
def test_any_title_leaves_the_svg_well_formed_and_mermaid_whole(titles: list[str]):
    line = with_titles(titles)
    elements = elements_of(drawing.svg(line))
    assert {element.tag for element in elements} <= {
        "svg",
        "g",
        "title",
        "desc",
        "rect",
        "text",
        "tspan",
        "path",
        "circle",
    }
    assert not [name for element in elements for name in element.attrib if name.startswith("on") or "href" in name]
    text = drawing.mermaid(line)
    assert text.count("subgraph ") == text.count("\n  end\n")
    for row in text.splitlines()[1:]:
        assert re.fullmatch(
            r'  (subgraph \w+\["[^"`]+"\]|end|  p\d+(\["[^"`]+"\]|\(\["[^"`]+"\]\))|p\d+ (-->|-\.->|--o) p\d+'
            r"|linkStyle [\d,]+ stroke-width:3px)",
            row,
        ), row


def test_the_svg_asks_for_nothing_from_outside_and_is_small(uber: Line):
    text = drawing.svg(uber)
    assert re.findall(r"https?:[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in text
    assert "style=" not in text
    assert len(text) < 6_000


def test_sides_are_told_apart_by_shape_and_words_and_links_by_their_strokes(uber: Line):
    text = drawing.svg(uber)
    for words in ("Core", "Orchestration", "Reactions", "Choreography", "awaited", "listening", "The boundary"):
        assert f">{words}<" in text
    boxes = [element for element in elements_of(text) if element.get("width") == str(layers.BOX)]
    assert sorted(element.get("rx") for element in boxes) == ["2"] * 5 + ["27.0"] * 3


def test_mermaid_says_the_same_as_the_line(uber: Line):
    text = drawing.mermaid(uber)
    assert text.startswith("flowchart TB\n")
    core, reactions = re.findall(r"subgraph .*?\n(.*?)\n  end", text, re.DOTALL)
    assert re.findall(r'p\d+\["(.*)"\]', core) == [
        "Ride flow",
        "Pricing",
        "Dispatch",
        "Payment",
        "Ledger of money movements",
    ]
    assert re.findall(r'p\d+\(\["(.*)"\]\)', reactions) == ["Notifications", "Analytics", "Receipts"]
    assert text.count(" --> ") == 4
    assert text.count(" -.-> ") == 8


def test_of_a_large_system_only_what_lies_at_the_line_is_drawn():
    line = of_size(60, 70)
    drawn = drawing.sketch(line)
    at_line = {side.part.id for side in line.parts if side.pays}
    assert {box.side.part.id for box in drawn.boxes} >= at_line
    assert len(drawn.boxes) < 60
    assert "Of 60 parts the picture shows the" in drawing.left_out(line)


def test_what_is_too_large_to_draw_is_told_and_not_drawn():
    line = of_size(300, 900)
    assert drawing.svg(line) == drawing.mermaid(line) == ""
    assert drawing.sketch(line) is None
    assert "are too many to draw" in drawing.left_out(line)


def test_a_system_of_one_side_has_no_line():
    line = boundary.draw(System((Part("a", "Alone", {"strict_ordering": 4}),)))
    assert drawing.sketch(line).line is None
    assert "The boundary" not in drawing.svg(line)
    assert drawing.left_out(line) == ""


def test_a_part_fixed_by_hand_says_so(uber: Line):
    fixed = boundary.draw(uber.system.change("pricing", model="choreography"), uber.knowledge)
    assert "fixed by hand" in drawing.svg(fixed)


@pytest.mark.parametrize("seed", range(6))
def test_the_number_at_a_crossing_is_not_overdrawn_by_a_link(seed: int):
    drawn = drawing.sketch(of_size(20, 30, seed))
    along = np.linspace(0, 1, 201)[:, None]
    points = []
    for stroke in drawn.strokes:
        numbers = [float(number) for number in re.split(r"[MCV ]", stroke.path)[1:9]]
        one, two, three, four = np.reshape(numbers, (4, 2))
        points.append(
            (1 - along) ** 3 * one
            + 3 * (1 - along) ** 2 * along * two
            + 3 * (1 - along) * along**2 * three
            + along**3 * four
        )
    for stroke in drawn.strokes:
        if len(stroke.links) > 1 and stroke.crossing:
            left, foot = stroke.label
            inside = (np.concatenate(points) >= (left, foot - 9)) & (np.concatenate(points) <= (left + 13, foot))
            assert not inside.all(axis=1).any()
