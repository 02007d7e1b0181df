"""The report: whole without scripts or requests, the same bytes each time, and it opens again as its decision."""

import base64
import functools
import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from decision_kit import (
    Answer,
    Decision,
    Evaluation,
    InputError,
    Knowledge,
    evaluate,
    extras,
    knowledge,
    report,
    wording,
)
from decision_kit.boundaries import boundary_wording
from decision_kit.boundaries.system import System
from decision_kit.grammar import points

SHIPPED = knowledge.load()
FILES = sorted(EXAMPLES.glob("*.decision.json"))
WIDTHS = [1280, 360]

HOSTILE = (
    '<script>window.attacked = 1</script><img src="http://example.org/x" onerror="window.attacked = 2">',
    '</pre></details></style></title><pre id="decision">{}</pre> &quot; &lt; \' " &amp',
    "{{ 7 * 7 }} {% raw %} {# #} ${7}",
    "unbroken" * 500,
    "\u202eright to left, never closed \u2067\u05d0\u05d1 \u0645\u0631\u062d\u0628\u0627",
    "one\ntwo\r\n\tthree\u2028four",
    "\U0001f469\u200d\U0001f680 \x00\x01\x7f\x85\ufeff\uffff",
)

BOXES = """figures => figures.map(figure => [figure, ...figure.querySelectorAll("text")].map(part => {
    const box = part.getBoundingClientRect()
    return [box.left, box.top, box.right]
}))"""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
levels = st.one_of(st.none(), st.integers(0, 4), st.just("not sure"), st.sampled_from([[0, 2], [3, 4]]))
answers = st.dictionaries(
    st.sampled_from(list(SHIPPED.requirements)),
    st.fixed_dictionaries(
        {"level": levels, "scope": st.sampled_from(["whole", "core", "reactions"]), "must": st.booleans()}
    ),
)


def page_of(decision: Decision, known: Knowledge | None = None) -> str:
    return report.html(evaluate(decision, known))


def recorded(decision: Decision) -> Evaluation:
    return evaluate(decision).recorded()


def hostile(*parts: str) -> Decision:
    text = " ".join(parts)
    answers = tuple(
        Answer(requirement, level=3, scope=scope, note=text)
        for requirement, scope in zip(SHIPPED.requirements, ("core", "reactions", "whole") * 4, strict=False)
    )
    people = (text, text)
    names = dict.fromkeys(("deciders", "consulted", "informed", "triggers"), people)
    return Decision(
        text, text, text, text, date="2026-11-23", **names, answers=answers, chosen="orchestration", because=text
    )


def opened(browser: Browser, folder: Path, text: str, **options: Any) -> Any:
    """Open a report in a context of its own and keep what the browser says and asks for."""
    (folder / "report.html").write_bytes(text.encode())
    page = browser.new_context(**options).new_page()
    page.told = []
    page.on("console", lambda message: page.told.append(message.text))
    page.on("pageerror", lambda error: page.told.append(str(error)))
    page.on("dialog", lambda dialog: page.told.append(dialog.message))
    page.on("request", lambda request: page.told.append(request.url))
    page.goto((folder / "report.html").as_uri())
    return page


@pytest.fixture(params=FILES, ids=lambda path: path.name.split(".")[0])
def example(request: pytest.FixtureRequest) -> Decision:
    return Decision.open(request.param)


@functools.cache
def written(path: Path) -> str:
    return page_of(Decision.open(path))


@pytest.fixture(params=FILES, ids=lambda path: path.name.split(".")[0])
def report_of(request: pytest.FixtureRequest) -> str:
    """Give the report of an example, written once for all tests that only look at it."""
    return written(request.param)


def test_every_example_gives_a_page_under_40_kb(example: Decision):
    assert len(report.html(recorded(example)).encode()) < 40_000


def test_a_page_with_a_system_is_larger_by_its_picture_tables_and_parts_and_no_more(rides: Decision):
    # 40 kB is for a page without one; the example of 8 parts and 12 links takes 54 kB.
    assert len(report.html(recorded(rides)).encode()) < 57_000
    parts, links = rides.system.parts, rides.system.links
    thrice = System(
        tuple(replace(part, id=f"{part.id}{at}", note="") for at in range(3) for part in parts),
        tuple(replace(link, start=f"{link.start}{at}", end=f"{link.end}{at}") for at in range(3) for link in links),
    )
    assert len(report.html(recorded(replace(rides, system=thrice))).encode()) < 90_000


def test_every_example_comes_back_out_of_its_page_with_what_it_was_computed_from(example: Decision):
    evaluation = recorded(example)
    assert report.decision_in(report.html(evaluation)) == evaluation.decision


def test_the_same_evaluation_gives_the_same_bytes_in_every_process(order_and_payment: Decision):
    write = "import sys; from decision_kit import *; from decision_kit import report; "
    write += "sys.stdout.buffer.write(report.html(evaluate(Decision.open(sys.argv[1]))).encode())"
    path = str(EXAMPLES / "order-and-payment.decision.json")
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", write, path],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert run.stdout == page_of(order_and_payment).encode()


def test_no_script_and_no_style_but_the_one_the_policy_names(order_and_payment: Decision):
    page = page_of(order_and_payment)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    seal = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{seal}'\"" in page
    assert "<script" not in page
    assert " style=" not in page


def test_it_opens_without_scripts_requests_or_complaints(browser: Browser, tmp_path: Path, report_of: str):
    page = opened(browser, tmp_path, report_of, java_script_enabled=False)
    assert page.told == [(tmp_path / "report.html").as_uri()]
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("img").count() == 2
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, report_of: str, scheme: str):
    page = opened(browser, tmp_path, report_of, bypass_csp=True, color_scheme=scheme)
    assert Axe().run(page).response["violations"] == []
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(browser: Browser, tmp_path: Path, report_of: str, width: int):
    assert scrolled(browser, tmp_path, report_of, width) == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_texts_do_not_scroll_sideways(browser: Browser, tmp_path: Path, width: int):
    assert scrolled(browser, tmp_path, page_of(hostile(*HOSTILE)), width) == 0


def scrolled(browser: Browser, folder: Path, text: str, width: int) -> int:
    page = opened(browser, folder, text, bypass_csp=True, viewport={"width": width, "height": 800})
    page.locator("details").evaluate("details => details.open = true")
    excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.context.close()
    return max(0, excess)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_of_a_chart_is_cut_off_or_touches_another(browser: Browser, tmp_path: Path, report_of: str, width: int):
    page = opened(browser, tmp_path, report_of, bypass_csp=True, viewport={"width": width, "height": 800})
    charts = page.locator("figure").evaluate_all(BOXES)
    page.context.close()
    assert len(charts) == 2
    for (start, _, end), *letters in charts:
        for place, (left, top, right) in enumerate(letters):
            assert start <= left < right <= end
            for other_left, other_top, other_right in letters[:place]:
                apart = left >= other_right or other_left >= right
                # Lines stand close; only letters that meet are a fault.
                assert apart or abs(top - other_top) > 11


def test_hostile_texts_run_nothing_and_ask_for_nothing(browser: Browser, tmp_path: Path):
    decision = hostile(*HOSTILE)
    page = opened(browser, tmp_path, page_of(decision), bypass_csp=True)
    assert page.told == [(tmp_path / "report.html").as_uri()]
    assert page.evaluate("window.attacked") is None
    assert page.locator("script, img, pre:not(#decision)").count() == 0
    assert report.decision_in(page.content()) == decision
    page.context.close()


@given(texts.filter(str.strip), texts, texts)
def test_any_texts_come_back_equal(small: Knowledge, name: str, text: str, note: str):
    decision = Decision(name, text, text, text, date="2026-11-23", deciders=(text,))
    decision = decision.answer("order", level=4, note=note)
    assert report.decision_in(page_of(decision, small)) == decision


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_line_is_shown_as_a_picture_and_in_tables_that_axe_finds_nothing_in(
    browser: Browser, tmp_path: Path, rides: Decision, scheme: str
):
    text = page_of(rides)
    page = opened(browser, tmp_path, text, java_script_enabled=False)
    assert page.told == [(tmp_path / "report.html").as_uri()]
    assert page.get_by_role("img", name="The boundary crosses 6 of 12 links").count() == 1
    table = page.get_by_role("table", name=re.compile(r"^The parts\. Costs count"))
    assert table.get_by_role("row").count() == 1 + 8
    assert table.get_by_role("rowheader").all_inner_texts()[4] == "Ledger of money movements"
    crossed = page.get_by_role("table", name="The boundary crosses 6 links, the dearest first.")
    assert crossed.get_by_role("row").all_inner_texts()[1].split("\t")[:3] == [
        "Ride flow",
        "→ Notifications",
        "listening",
    ]
    page.context.close()
    page = opened(browser, tmp_path, text, bypass_csp=True, color_scheme=scheme)
    assert Axe().run(page).response["violations"] == []
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_picture_wider_than_the_screen_scrolls_by_itself(
    browser: Browser, tmp_path: Path, rides: Decision, width: int
):
    name = "unbroken" * 50
    for decision in (rides, replace(rides, system=rides.system.change("ride", title=name))):
        assert scrolled(browser, tmp_path, page_of(decision), width) == 0


def test_lists_that_follow_from_costs_are_headed_by_that_and_not_as_core_and_reactions(rides: Decision):
    core, reactions = boundary_wording.lists(evaluate(rides).line)
    page = report.html(evaluate(replace(rides, core=core, reactions=reactions)))
    assert f'<h3>The parts that have Orchestration where the boundary costs least</h3><p class="u">{core}<' in page
    assert "<h3>The parts that have Choreography where the boundary costs least</h3>" in page
    assert "<h3>Core</h3>" not in page
    assert "<h3>Core</h3>" in report.html(evaluate(rides))


def test_one_heading_stands_over_the_boundary_as_described_and_as_it_runs_through_the_parts(rides: Decision):
    page = page_of(replace(rides, reactions="Receipts and the ride flow"))
    section = page.partition("<h2>Where the boundary runs</h2>")[2].partition("<h2>")[0]
    assert "Receipts and the ride flow" in section
    assert "<h3>Through the parts of the system</h3>" in section
    assert "Ride flow stands in the reactions as described, but as a part of the system it has Orch" in section
    assert page.count("boundary runs</h2>") == 1
    assert "<h2>Core and reactions as described</h2>" not in page


def test_what_the_line_rests_on_is_cited(rides: Decision):
    page = page_of(rides)
    cited = set(re.findall(r'href="#(\w+)"', page))
    assert cited <= set(re.findall(r'id="([\w-]+)"', page))
    assert re.search(r"Leave the core through an outbox <a href=\"#s\d+\">", page)
    assert re.search(r"<b>Waiting: The boundary runs where nobody waits\.</b> [^<]+ <a href=\"#s\d+\">", page)


@settings(max_examples=25)  # a tenth of a second each
@given(answers, st.sampled_from(["", "pay"]))
def test_any_answers_give_a_page_that_holds_them(given_answers: dict[str, object], core: str):
    decision = Decision.from_answers("Any", given_answers, core=core, reactions="mail", date="2026-11-23")
    assert report.decision_in(page_of(decision)) == decision


@pytest.mark.parametrize("text", ["", "{}", "<pre>{}</pre>", "<h1>Report</h1>", "<![", "<pre id=decision"])
def test_text_that_is_no_report_is_refused_in_one_sentence(text: str):
    with pytest.raises(InputError, match=r"^is not a report of the decision kit: no decision is stored in it\.$"):
        report.decision_in(text)


@given(texts)
def test_any_text_that_is_no_report_is_refused(text: str):
    with pytest.raises(InputError):
        report.decision_in(text)


def test_a_report_whose_decision_was_cut_off_is_refused(order_and_payment: Decision):
    whole = page_of(order_and_payment)
    with pytest.raises(InputError, match="is the file cut off"):
        report.decision_in(whole[: whole.index('"informed":[')])


def test_the_total_row_is_the_fit_and_the_rows_add_up_to_it(example: Decision):
    evaluation = evaluate(example)
    table = re.search(r'<table class="scores">.*?</table>', report.html(evaluation), re.DOTALL)[0]
    rows = [
        [Fraction(cell.replace("\u2212", "-")) for cell in re.findall(r"<td>([^ <]+)", row)]
        for row in re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", table)
    ]
    *needs, total = rows
    fits = [points(evaluation.scores.fit[model]) for model in evaluation.scores.eligible]
    assert [f"{float(fit):.1f} points" for fit in total[1:-1]] == fits
    for column, whole in zip(zip(*needs, strict=True), total, strict=True):
        assert abs(sum(column) - whole) <= Fraction(1, 20) * (len(needs) + 1)


def test_ratings_by_few_sources_are_marked(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    few = [count for need in evaluation.scores.contributions for count in need.sources.values() if count < 3]
    assert report.html(evaluation).count(">few sources<") == len(few) > 0


def test_charts_name_their_finding_and_tables_carry_the_numbers(order_and_payment: Decision):
    page = page_of(order_and_payment)
    assert re.search(
        r"<title id=\"fit\">Hybrid fits best, with \d+ %; Orchestration follows with \d+ %\.</title>", page
    )
    assert re.search(r"<title id=\"difference\">Against Orchestration, Hybrid gains most on Loose coupling", page)
    assert [len(re.findall(rf"<{part}\b", page)) for part in ("figure", "caption")] == [2, 3]


def test_what_only_the_boundary_costs_is_not_laid_to_the_need(order_and_payment: Decision):
    # Strict ordering is a need of the core, where a hybrid is rated as orchestration is.
    page = page_of(order_and_payment)
    assert "<b>Strict ordering</b> (" not in page
    assert re.search(r"<b>Debugging and tracing</b> \(\d\.\d points\)\. With a central flow", page)


def test_what_the_crossing_costs_on_needs_served_alike_is_said(order_and_payment: Decision):
    assert (
        "<p>Of the 6.2 points that crossing the boundary costs Hybrid in all, 2.9 points lie on needs that both serve "
        "alike; the rest is in the points of the other needs.</p>"
    ) in page_of(order_and_payment)


def test_what_has_no_content_is_left_out():
    page = page_of(Decision("Nothing yet", date="2026-11-23"))
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert headings == ["Outcome", "How well each model fits", "Context and answers", "How it was computed"]
    assert "<figure" not in page
    assert "Decided by" not in page
    assert page.count("<td>Not answered.</td>") == len(SHIPPED.requirements)


def test_scopes_are_named_only_where_they_count(order_and_payment: Decision):
    assert "Level 4, core, must-have" in page_of(order_and_payment)
    without = page_of(replace(order_and_payment, reactions=" "))
    assert "Level 4, must-have" in without
    assert "Where the boundary runs" not in without
    assert "name the reactions: who only listens" in without


def test_a_model_that_fails_a_must_have_is_said_to_fail_it(small: Knowledge):
    answers = {"order": {"level": 1, "must": True}, "scale": 4, "upkeep": 1}
    page = page_of(Decision.from_answers("Strict", answers, date="2026-11-23"), small)
    assert "Orchestration alone fails no must-have; its fit is" in page
    assert ">Choreography, fails a must-have</text>" in page
    assert "fit-hatch" not in page  # hatched is what few sources rated
    assert "below the floor of 1 (3 sources): it fails." in page


def test_models_that_tie_are_said_to_tie(small: Knowledge):
    decision = Decision.from_answers("Even", {"order": 2, "scale": 3, "upkeep": 0}, date="2026-11-23")
    page = page_of(decision, small)
    assert "Orchestration and Choreography fit equally well, with" in page
    assert "<h2>Orchestration and Choreography compared</h2>" in page


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", " JavaScript:alert(1)", "//example.org"]
)
def test_only_web_addresses_become_links(small: Knowledge, address: str):
    sources = MappingProxyType(dict(small.sources) | {"one": replace(small.sources["one"], address=address)})
    decision = Decision.from_answers("Own", {"order": 4, "scale": 1}, date="2026-11-23")
    page = page_of(decision, replace(small, sources=sources))
    assert f"First source, {address}" in page
    assert re.findall(r'href="([^#][^"]*)"', page) == ["https://example.org/2"]


def test_a_citation_leads_to_its_source(order_and_payment: Decision):
    page = page_of(order_and_payment)
    cited = set(re.findall(r'href="#(\w+)"', page))
    assert cited
    assert cited <= set(re.findall(r'id="(\w+)"', page))


def test_a_name_cannot_turn_the_sentence_around_it(order_and_payment: Decision):
    page = page_of(replace(order_and_payment, name="a\u202eb"))
    assert "<h1>Coordinate <bdi>a\u202eb</bdi> with a hybrid" in page
    assert "In the context of <bdi>a\u202eb</bdi>, facing" in page


def test_the_report_goes_to_paper_as_a_tagged_pdf_that_a_reader_opens(order_and_payment: Decision, rides: Decision):
    try:
        import weasyprint  # noqa: F401, PLC0415
    except (ImportError, OSError):
        reason = "needs WeasyPrint, and Pango beneath it"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    read = pypdf.PdfReader(io.BytesIO(report.pdf(report.html(recorded(order_and_payment)))))
    text = " ".join("".join(page.extract_text() for page in read.pages).split())
    assert "Leaning towards a hybrid of orchestration and choreography." in text
    assert "Strict ordering" in text
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own truth
    assert read.metadata.title == "Decision: Order and payment"
    drawn = pypdf.PdfReader(io.BytesIO(report.pdf(report.html(recorded(rides)))))
    text = " ".join("".join(page.extract_text() for page in drawn.pages).split())
    assert "The boundary crosses 6 of 12 links" in text
    assert "Ledger of money" in text
    assert "crosses the boundary" in text  # a word of the picture


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("model", SHIPPED.models)
def test_whatever_is_chosen_the_report_says_so_beside_the_verdict(path: Path, model: str):
    evaluation = evaluate(replace(Decision.open(path), chosen=model, because="We know it."), SHIPPED)
    page = report.html(evaluation)
    told = wording.headline(evaluation), f"The deciders choose {SHIPPED.models[model].phrase} instead: We know it."
    assert told[0] in page
    own = f'<p class="verdict">Chosen: {SHIPPED.models[model].phrase}.</p>\n<p>decision-kit says: {told[0]} '
    assert (own in page) == (model != evaluation.verdict.model)
    assert (told[1] in page) == (model != evaluation.verdict.model)
    assert f"with {SHIPPED.models[model].phrase}</h1>" in page.replace("</bdi>", "")
    assert f"Working with {SHIPPED.models[model].phrase}" in page


def test_without_weasyprint_it_is_said_how_else_to_come_to_a_pdf(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # as Python notes a module that cannot be imported
    with pytest.raises(InputError) as told:
        report.pdf("<p>Orders</p>")
    assert str(told.value) == (
        "a PDF, which a browser can print from the HTML report too, needs weasyprint, which cannot be used (import of "
        f"weasyprint halted; None in sys.modules); install it with: {extras.install('weasyprint')}"
    )
