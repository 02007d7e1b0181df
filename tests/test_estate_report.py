"""The portfolio report: one page, no script, no request, readable in light, in dark and on a phone, and true."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import hostile
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import EXAMPLES
from playwright.sync_api import Browser
from test_estate import KNOWN, TABLE
from test_report import opened

from decision_kit import estate, knowledge
from decision_kit.estate import Estate, report, table_files, wording

SAMPLE = estate.look(table_files.read(EXAMPLES / "portfolio.csv"), knowledge.load())


def page_of(told: Estate = SAMPLE) -> str:
    return report.html(told, "the sample", "2026-11-26", [wording.SAMPLE, ""])


def hostile_table() -> Estate:
    """Put every hostile text into the name and the group of a workflow on another model."""
    texts = hostile.TEXTS
    rows = {"workflow": texts, "team": texts, "domain": texts[::-1], "current_model": "choreography"}
    return estate.look(pd.DataFrame(rows | {"order": "4", "scale": "1", "upkeep": ""}, dtype="str"), KNOWN)


def test_the_sample_gives_a_page_under_40_kb_and_the_same_each_time():
    assert len(page_of().encode()) < 40_000
    assert page_of() == page_of()


def test_no_script_and_no_style_but_the_one_the_policy_names():
    page = page_of()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    seal = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{seal}'\"" in page
    assert "<script" not in page
    assert " style=" not in page


def test_it_tells_the_figures_of_the_table():
    page = report.html(estate.look(TABLE, KNOWN), "table.csv", "2026-11-26")
    text = re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main>")[2]))
    assert "Of 10 workflows, Orchestration fits 5 best, Choreography 2, and Hybrid 0." in text
    assert "All 3 workflows on another model, the largest regret first." in text
    assert (
        "Audit row&nbsp;5 red Orchestration, 33\u00a0% Choreography, ruled out by a must-have 100.0\u00a0points" in text
    )
    assert "blue 4 2 0 0 0 1 1 0 0 0" in text  # number, each outcome, fragile, misfit, on another model
    assert "red 4 2 1 0 1 0 0 0 1 2" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_asked_for(browser: Browser, tmp_path: Path, scheme: Any):
    page = opened(browser, tmp_path, page_of(), bypass_csp=True, color_scheme=scheme)
    assert page.told == [(tmp_path / "report.html").as_uri()]
    assert Axe().run(page).response["violations"] == []
    for head in page.locator("thead th").all():
        assert head.get_attribute("scope") == "col"
    assert page.locator("tbody tr > :first-child:not(th[scope=row])").count() == 0
    page.context.close()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("told", [SAMPLE, hostile_table()], ids=["sample", "hostile"])
def test_nothing_scrolls_sideways(browser: Browser, tmp_path: Path, told: Estate, width: int):
    page = opened(browser, tmp_path, page_of(told), bypass_csp=True, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def test_hostile_texts_run_nothing(browser: Browser, tmp_path: Path):
    page = opened(browser, tmp_path, page_of(hostile_table()))
    assert page.told == [(tmp_path / "report.html").as_uri()]
    assert page.evaluate("window.attacked") is None
    assert page.locator("script, iframe, img, a").count() == 0
    page.context.close()
