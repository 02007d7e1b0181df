"""How fast the notebook answers: Run All to the verdict, an answer to its new verdict beside a bare widget.

Run it on a machine that does nothing else: ``python tests/benchmarks/notebook.py``. It needs Chromium.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from decision_kit import files, launch
from decision_kit.jupyter.process import serving

ROUNDS = 30
BARE = """\
import ipywidgets as w
choice = w.RadioButtons(options=["one", "two"], value=None)
shown = w.HTML("<p class='bare'>none</p>")
choice.observe(lambda change: setattr(shown, "value", f"<p class='bare'>{change['new']}</p>"), "value")
w.VBox([choice, shown])
"""
PAINTED = """
([input, panel]) => new Promise(resolve => {
  const box = panel.closest(".widget-html");
  let began;
  new MutationObserver((_, watcher) => {
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  }).observe(box, { childList: true, subtree: true, characterData: true });
  began = performance.now();
  input.click();
})
"""


def times(page: Page, radios: str, panel: str) -> list[float]:
    """Click two radio buttons in turn and take the time, in milliseconds, until the panel is painted anew."""
    inputs, taken = page.locator(radios), []
    for turn in range(ROUNDS // 2 + 3):  # an even number, so that the next call begins with a change
        page.wait_for_timeout(700)  # as a person would; the chart behind the last answer is drawn by then
        both = [inputs.nth(turn % 2).element_handle(), page.locator(panel).first.element_handle()]
        taken.append(page.evaluate(PAINTED, both))
    return taken[3:]


def imports() -> None:
    """Compare the import of the package with numpy's, each in a fresh Python, in turn."""
    taken: dict[str, list[float]] = {"numpy": [], "decision_kit": [], "pass": []}
    for _ in range(15):
        for module, spent in taken.items():
            code = "pass" if module == "pass" else f"import {module}"
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            spent.append(time.perf_counter() - began)
    bare = statistics.median(taken["pass"])
    ours, numpys = (statistics.median(taken[module]) - bare for module in ("decision_kit", "numpy"))
    print(f"import: decision_kit {ours * 1000:.0f} ms, numpy {numpys * 1000:.0f} ms, ratio {ours / numpys:.2f}")


def main() -> None:
    """Measure and print."""
    imports()
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
    ):
        notebook = nbformat.read(files.shipped("notebooks") / "1_decide.ipynb", as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(BARE))
        (Path(scratch) / "notebooks").mkdir()
        nbformat.write(notebook, Path(scratch) / "notebooks" / "measured.ipynb")
        launch.prepare(Path(folder), Path(scratch) / "notebooks")
        example = files.shipped("data") / "examples" / "order-and-payment.decision.json"
        (Path(folder) / "decisions").mkdir()
        shutil.copy(example, Path(folder) / "decisions")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with serving(Path(folder), Path(scratch)) as server:
            kernel = {"path": "measured.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
            server.ask("api/sessions", kernel)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{server.url}doc/tree/measured.ipynb?token={server.token}")
            page.locator("[data-status=idle]").first.wait_for(timeout=60_000)
            page.wait_for_timeout(3000)  # the page is busy with itself for a while
            began = time.perf_counter()
            page.get_by_role("button", name="▶ Start").click()
            page.locator(".dk-verdict").first.wait_for(timeout=60_000)
            print(f"Run All to the first verdict on screen: {time.perf_counter() - began:.2f} s")
            page.locator(".jp-RenderedPlotly .barlayer .point").first.wait_for(timeout=60_000)
            print(f"Run All to the chart: {time.perf_counter() - began:.2f} s")
            page.locator(".bare").wait_for(timeout=60_000)
            ours, bare = [], []
            for _ in range(2):  # in turns, so that both meet the same machine
                ours += times(page, ".dk-question >> nth=0 >> input", ".dk-verdict")
                bare += times(page, ".widget-vbox:has(> .widget-html .bare) >> input", ".bare")
        ratio = statistics.median(ours) / statistics.median(bare)
        for name, spent in (("an answer to its new verdict", ours), ("a bare HTML widget's update", bare)):
            low, middle, high = statistics.quantiles(spent, n=4)
            print(f"{name}: median {middle:.0f} ms of {len(spent)} (quartiles {low:.0f} and {high:.0f})")
        print(f"ratio {ratio:.2f}")
        browser.close()


if __name__ == "__main__":
    main()
