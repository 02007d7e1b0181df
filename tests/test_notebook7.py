"""The first notebook in Jupyter Notebook 7, as its own command opens it: run at once, answered, found in the file."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from test_browser import NEEDS, PATIENCE, Kit
from test_page import CELLS, kernel, last_output, shortcuts

from decision_kit import launch

THEIRS = "Cannot read properties of undefined (reading 'schema')"
"""An error of Notebook's own, which it makes with any notebook."""
ORDER = f"3: {NEEDS['strict_ordering'].levels[3]}"


@pytest.fixture
def kit(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kit]:
    """Prepare a folder as the kit does, and open it without the kit's own server and settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "work"
    launch.prepare(folder)
    command = [sys.executable, "-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        try:
            address = next(found[0] for line in process.stderr if (found := re.search(r"http://127\S+", line)))
            kit = Kit(folder, context.new_page())
            kit.page.on("pageerror", lambda error: kit.errors.append(str(error)))
            kit.page.goto(address.replace("/tree", "/notebooks/1_decide.ipynb"))
            yield kit  # not waiting for its kernel
            assert set(kit.errors) <= {THEIRS}
        finally:
            context.close()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


def test_start_runs_it_an_answer_is_in_the_file_and_a_kernel_that_dies_is_told_and_started_again(kit: Kit):
    page = kit.page
    kit.start()
    page.get_by_label("What do you decide on?").fill("Parcel tracking")
    page.get_by_label(ORDER, exact=True).check()
    expect(kit.verdict).to_contain_text("1 of 13 answered")
    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    kit.check_output()
    expect(page.get_by_text("parcel-tracking.decision.json").first).to_be_visible()
    assert (kit.decision().name, kit.decision().answer_to("strict_ordering").level) == ("Parcel tracking", 3)
    kernel().kill()
    told = page.locator(".dk-stopped")
    expect(told).to_contain_text("what was saved is kept", timeout=PATIENCE)
    expect(page.get_by_label(ORDER, exact=True)).to_be_disabled()
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()  # Notebook says the same
    told.get_by_role("button", name="▶ Start").click()
    expect(told).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_label(ORDER, exact=True)).to_be_checked()
    expect(page.get_by_label(ORDER, exact=True)).to_be_enabled()


def test_run_from_the_menu_no_key_acts_on_cells_from_a_control(kit: Kit):
    page = kit.page
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(kit.verdict).to_be_visible(timeout=PATIENCE)
    expect(last_output(kit)).to_be_attached(timeout=PATIENCE)  # until then cells change by themselves
    before = page.evaluate(CELLS)
    name = page.get_by_label("What do you decide on?")
    for control in (name, kit.questions.get_by_role("radio").first, page.get_by_role("button", name="More").first):
        for keys in shortcuts():
            control.focus()
            for key in keys:
                page.keyboard.press(key)
            assert page.get_by_role("dialog").count() == 0, keys
        assert page.evaluate(CELLS) == before
    assert {key for keys in shortcuts() for key in keys if len(key) == 1 and key.isalpha()} <= set(name.input_value())
