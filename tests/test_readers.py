"""The records as other tools read them: title, status, date, people and links as meant, whatever the texts hold."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import hostile
import pytest
import yaml
from conftest import EXAMPLES
from mkdocs_macros_adr_summary.parser import MADR2Parser, MADR4Parser, NygardParser
from playwright.sync_api import Browser
from test_estate_report import SAMPLE, hostile_table
from test_estate_report import page_of as portfolio_page

from decision_kit import Decision, Knowledge, evaluate, knowledge, layouts, markdown, record_wording, records, report
from decision_kit.boundaries import drawing, system
from decision_kit.boundaries.system import Link, Part, System

READERS = Path(__file__).parent / "readers"
NAMES = sorted(EXAMPLES.glob("*.decision.json"))
PEOPLE = {"deciders": ("Checkout team", "Payments, core"), "consulted": ("Finance",), "informed": ("Platform guild",)}
PARSERS = {"madr": MADR4Parser, "madr2": MADR2Parser, "nygard": NygardParser}
LOG4BRAINS = "project:\n  name: Records\n  tz: Etc/UTC\n  adrFolder: .\n"
MARKDOWNLINT = {"config": {"MD013": False, "MD024": False, "MD004": {"style": "asterisk"}}, "noProgress": True}

Run = Callable[..., str]


def missing(what: str) -> None:
    pytest.fail(what) if os.environ.get("CI") == "true" else pytest.skip(what)


@pytest.fixture(scope="session")
def npm() -> Run:
    """Run a reader from the npm registry."""
    if not (shutil.which("node") and (READERS / "node_modules").is_dir()):
        missing("needs Node.js and `npm install --prefix tests/readers`")

    def run(name: str, *arguments: str, folder: Path) -> str:
        found = READERS / "node_modules" / ".bin" / name
        command = [str(found)] if found.exists() else ["node", str(READERS / name)]
        return subprocess.run([*command, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture(scope="session")
def debian() -> Run:
    """Run a reader from Debian."""

    def run(name: str, *arguments: str, folder: Path) -> str:
        if not shutil.which(name):
            missing(f"needs {name} on the PATH")
        return subprocess.run([name, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout

    return run


def exported(folder: Path, layout: str) -> dict[str, Decision]:
    """Export every example, accepted and with people, the one that has parts and links with its system."""
    decisions = {}
    for path in NAMES:
        decision = replace(Decision.open(path), status="accepted", **PEOPLE)
        tables = [path.with_name(path.name.replace("decision.json", f"{name}.csv")) for name in ("parts", "links")]
        if tables[0].exists():
            decision = replace(decision, system=system.load(*tables, knowledge.load()))
        written, *_ = records.export(evaluate(decision), folder, [layout, "html", "json"])
        decisions[records.stem_of(written)] = decision
    return decisions


def superseded(folder: Path, stems: list[str]) -> None:
    old, new = (folder / f"{stem}.md" for stem in stems[:2])
    records.supersede(old, new, knowledge.load())


@pytest.fixture(scope="session", params=layouts.LAYOUTS)
def before_and_after(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a layout, with a folder of records before and one after a supersede."""
    before, after = (tmp_path_factory.mktemp(f"{request.param}-{when}") for when in ("before", "after"))
    decisions = exported(before, request.param)
    shutil.copytree(before, after, dirs_exist_ok=True)
    superseded(after, list(decisions))
    return request.param, decisions, {"before": before, "after": after}


def title(decision: Decision) -> str:
    return record_wording.title(evaluate(decision))


def test_mkdocs_reads_every_record(before_and_after: Any):
    layout, decisions, folders = before_and_after
    first, second, *_ = decisions
    for when, folder in folders.items():
        for number, (stem, decision) in enumerate(decisions.items(), 1):
            read = PARSERS[layout].parse(folder / f"{stem}.md", folder)
            assert read.title == (f"{number}. " if layout == "nygard" else "") + title(decision)
            assert (read.document_id, read.date) == (number, date.fromisoformat(decision.date))
            if layout != "nygard":
                assert read.deciders == "Checkout team, Payments core"
            if layout == "madr":
                assert (read.consulted, read.informed) == ("Finance", "Platform guild")
            if when == "after" and stem == first:
                assert read.statuses[0].startswith("Superseded by ")
            else:
                assert read.statuses[0] == "Accepted"
            if (layout, when, stem) == ("nygard", "after", second):
                assert read.statuses[1] == f"Supersedes [ADR-0001]({first}.md)"


def test_log4brains_and_backstage_read_every_record(before_and_after: Any, npm: Run):
    layout, decisions, folders = before_and_after
    if layout == "nygard":
        return  # neither reads it
    first, second, *_ = decisions
    for when, folder in folders.items():
        (folder / ".log4brains.yml").write_text(LOG4BRAINS)
        read = json.loads(npm("read.mjs", str(folder), folder=folder))
        assert set(read["log4brains"]) == set(decisions)
        for stem, decision in decisions.items():
            gone = (when, stem) == ("after", first)
            assert read["log4brains"][stem] == {
                "title": title(decision),
                "status": "superseded" if gone else "accepted",
                "date": f"{decision.date}T23:59:59.000Z",
                "deciders": ["Checkout team", "Payments core"],
                "supersededBy": second if gone else None,
            }
            if layout == "madr":
                assert read["backstage"][stem]["status"] == ("superseded by ADR-0002" if gone else "accepted")
                assert read["backstage"][stem]["date"] == decision.date
                assert read["backstage"][stem]["content"].startswith(f"# {title(decision)}\n")


def test_adr_log_lists_every_record_by_its_title(before_and_after: Any, npm: Run):
    _, decisions, folders = before_and_after
    for folder in folders.values():
        listed = re.findall(
            r"^\* \[ADR-(\d+)\]\((.*)\.md\) - (.*)$", npm("adr-log", "-d", ".", folder=folder), re.MULTILINE
        )
        assert listed == [(f"{number:04d}", stem, title(d)) for number, (stem, d) in enumerate(decisions.items(), 1)]


def test_markdownlint_finds_nothing(before_and_after: Any, npm: Run, tmp_path: Path):
    _, _, folders = before_and_after
    config = tmp_path / ".markdownlint-cli2.jsonc"
    config.write_text(json.dumps(MARKDOWNLINT))
    for folder in folders.values():
        npm("markdownlint-cli2", "--config", str(config), "*.md", folder=folder)


def test_html_validate_finds_nothing(before_and_after: Any, npm: Run):
    _, _, folders = before_and_after
    for folder in folders.values():
        npm("html-validate", *(path.name for path in folder.glob("*.html")), folder=folder)


def test_html_validate_finds_nothing_in_the_portfolio_report(npm: Run, tmp_path: Path):
    (tmp_path / "sample.html").write_text(portfolio_page(SAMPLE), encoding="utf-8")
    (tmp_path / "hostile.html").write_text(portfolio_page(hostile_table()), encoding="utf-8")
    npm("html-validate", "sample.html", "hostile.html", folder=tmp_path)


def test_pandoc_reads_headings_tables_and_links(before_and_after: Any, debian: Run):
    layout, decisions, folders = before_and_after
    first, second, *_ = decisions
    for when, folder in folders.items():
        for number, (stem, decision) in enumerate(decisions.items(), 1):
            tree = json.loads(
                debian("pandoc", "-f", "gfm+yaml_metadata_block", "-t", "json", f"{stem}.md", folder=folder)
            )
            heads = [block["c"] for block in tree["blocks"] if block["t"] == "Header"]
            (top,) = [plain(content) for level, _, content in heads if level == 1]
            assert top == (f"{number}. " if layout == "nygard" else "") + title(decision)
            line = evaluate(decision).line
            assert sum(block["t"] == "Table" for block in tree["blocks"]) == (4 if line else 2)
            code = [block["c"] for block in tree["blocks"] if block["t"] == "CodeBlock"]
            assert code == ([[["", ["mermaid"], []], drawing.mermaid(line).strip()]] if line else [])
            local = {address for address in addresses(tree["blocks"]) if "://" not in address}
            linked = {first: {f"{second}.md"}, second: {f"{first}.md"}} if when == "after" else {}
            assert local == linked.get(stem, set())


def test_adr_tools_list_the_records_and_draw_their_links(before_and_after: Any, debian: Run):
    layout, decisions, folders = before_and_after
    if layout != "nygard":
        return  # it reads no other
    for when, folder in folders.items():
        (folder / ".adr-dir").write_text(".\n")
        assert debian("adr", "list", folder=folder).split() == [f"./{stem}.md" for stem in decisions]
        toc = debian("adr", "generate", "toc", folder=folder)
        for number, (stem, decision) in enumerate(decisions.items(), 1):
            assert f"* [{number}. {title(decision)}]({stem}.md)\n" in toc
        graph = debian("adr", "generate", "graph", folder=folder)
        assert re.findall(r'_(\d) -> _(\d) \[label="(.*)",', graph) == (
            [("2", "1", "Supersedes")] if when == "after" else []
        )


@pytest.fixture(scope="session")
def attacked(
    tmp_path_factory: pytest.TempPathFactory, small: Knowledge
) -> dict[str, tuple[Path, dict[str, tuple[str, Decision]]]]:
    """Write a record of each hostile text, in every field that takes one, in each layout."""
    folders: dict[str, tuple[Path, dict[str, tuple[str, Decision]]]] = {
        layout: (tmp_path_factory.mktemp(f"hostile-{layout}"), {}) for layout in layouts.LAYOUTS
    }
    for number, text in enumerate(hostile.TEXTS, 1):
        evaluation = evaluate(hostile_decision(text), small).recorded(supersedes=("0001-orders",))
        for layout, (folder, decisions) in folders.items():
            stem = f"{number:04d}-orders"
            (folder / f"{stem}.md").write_bytes(layouts.write(evaluation, stem, layout).encode())
            decisions[stem] = (text, evaluation.decision)
    return folders


def hostile_decision(text: str) -> Decision:
    """Put a text into every field that takes one, under the small knowledge, whose records are soon read."""
    answers = {
        "order": {"level": 3, "scope": "core", "must": True, "note": text},
        "scale": {"level": 4, "scope": "reactions", "note": text},
        "upkeep": {"level": [1, 2], "note": text},
    }
    people = dict.fromkeys(("deciders", "consulted", "informed", "triggers"), (text, "Finance"))
    parts = {"context": f"{text}\n\n{text}", "core": f"{text} x", "reactions": f"{text} x"}
    short = text[:999]  # the longest stand in enough places already
    pair = (Part("a", short, {"order": 4}, short, short, note=text), Part(f"{text[:150]}!", levels={"scale": 4}))
    made = System(pair, (Link("a", pair[1].id, kind="listening", note=text),))
    texts = {**parts, **people, "because": text}
    return Decision.from_answers(f"{text} x", answers, **texts, system=made, date="2026-11-25")


def test_hostile_texts_leave_every_reader_working(attacked: Any, npm: Run, debian: Run, tmp_path: Path):
    assert len(hostile.TEXTS) >= 200
    config = tmp_path / ".markdownlint-cli2.jsonc"
    # Bare addresses and angle brackets in a user's text are theirs; what would hide or change text is not.
    config.write_text(json.dumps(MARKDOWNLINT | {"config": MARKDOWNLINT["config"] | {"MD034": False}}))
    for layout, (folder, decisions) in attacked.items():
        for stem, (text, _) in decisions.items():
            read = PARSERS[layout].parse(folder / f"{stem}.md", folder)
            assert (read.statuses[0], read.date) == ("Proposed", date(2026, 11, 25)), repr(text[:60])
            assert "Coordinate" in read.title or "Decide how" in read.title
        listed = re.findall(
            r"^\* \[ADR-(\d{4})\]\(\1-orders\.md\) - \S", npm("adr-log", "-d", ".", folder=folder), re.MULTILINE
        )
        assert len(listed) == len(decisions)
        npm("markdownlint-cli2", "--config", str(config), "*.md", folder=folder)
        if layout == "nygard":
            (folder / ".adr-dir").write_text(".\n")
            graph = debian("adr", "generate", "graph", folder=folder)
            assert len(re.findall(r'^ +_\d+ \[label="[^"]*"; URL="\d+-orders\.html"\];$', graph, re.MULTILINE)) == len(
                decisions
            )
        else:
            (folder / ".log4brains.yml").write_text(LOG4BRAINS)
            read = json.loads(npm("read.mjs", str(folder), folder=folder))["log4brains"]
            assert {adr["status"] for adr in read.values()} == {"proposed"}
            assert {len(adr["deciders"]) for adr in read.values()} <= {1, 2}
            assert set(read) == set(decisions)


def test_hostile_texts_are_text_to_pandoc(attacked: Any, debian: Run):
    folder, decisions = attacked["madr"]
    texts = [
        (folder / f"{stem}.md").read_text(encoding="utf-8") for stem, (text, _) in decisions.items() if len(text) < 999
    ]
    every = "\n\n".join(re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL) for text in texts)
    (folder / "every.txt").write_text(every, encoding="utf-8")
    tree = json.loads(debian("pandoc", "-f", "gfm-yaml_metadata_block", "-t", "json", "every.txt", folder=folder))
    assert not [part for part in walk(tree["blocks"]) if part.get("t") in ("RawBlock", "RawInline", "Image")]
    linked = {
        address for address in addresses(tree["blocks"]) if not address.startswith(("http://", "https://", "mailto:"))
    }
    assert linked == {"0001-orders.md"}


def test_the_people_in_the_front_matter_are_those_of_the_decision(attacked: Any):
    folder, decisions = attacked["madr"]
    for stem, (text, _) in decisions.items():
        lines = (folder / f"{stem}.md").read_text(encoding="utf-8").split("\n")
        front = yaml.safe_load("\n".join(lines[1 : lines.index("---", 1)]))
        seen = markdown.line(text.replace(",", " "))
        assert front["decision-makers"] == (f"{seen}, Finance" if seen else "Finance"), repr(text[:60])


def test_hostile_texts_run_nothing_in_a_browser_and_come_back_equal(browser: Browser, tmp_path: Path, small: Knowledge):
    page = browser.new_context().new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("request", lambda request: told.append(request.url))
    path = tmp_path / "report.html"
    for text in hostile.TEXTS:
        evaluation = evaluate(hostile_decision(text), small).recorded()
        written = report.html(evaluation)
        assert report.decision_in(written) == evaluation.decision
        path.write_bytes(written.encode())
        page.goto(path.as_uri())
        assert page.evaluate("window.attacked") is None
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.locator("script, iframe, img, a[href^='javascript']").count() == 0
    assert set(told) == {path.as_uri()}
    page.context.close()


def plain(content: Any) -> str:
    """Give the text of pandoc's inline elements."""
    return "".join(" " if part["t"] == "Space" else part["c"] for part in content if part["t"] in ("Str", "Space"))


def walk(tree: Any) -> Any:
    """Give every element of pandoc's tree."""
    for part in tree if isinstance(tree, list) else tree.values() if isinstance(tree, dict) else []:
        if isinstance(part, dict):
            yield part
        yield from walk(part)


def addresses(tree: Any) -> set[str]:
    """Give the addresses that pandoc finds linked."""
    return {part["c"][2][0] for part in walk(tree) if part.get("t") == "Link"}
