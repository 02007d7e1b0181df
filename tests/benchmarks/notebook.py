"""How fast the notebook answers, beside the same page with plotly's FigureWidget, and as a page of the app.

Run it on a machine that does nothing else: ``python tests/benchmarks/notebook.py``, with ``pip install -e '.[test]'``.
It needs Chromium, takes three minutes and prints a Markdown table.
"""

import compileall
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from decision_kit import files, launch
from decision_kit.jupyter.process import APP, LAB, serving

ROUNDS = 30
EXAMPLE = "order-and-payment.decision.json"
BARE = """\
import ipywidgets as w
choice = w.RadioButtons(options=["one", "two"], value=None)
shown = w.HTML("<p class='bare'>none</p>")
choice.observe(lambda change: setattr(shown, "value", f"<p class='bare'>{change['new']}</p>"), "value")
w.VBox([choice, shown])
"""
PEER = f"""\
# 1. The same questions, verdict and chart as peers would show them: radio buttons beside one FigureWidget
from pathlib import Path
import ipywidgets as w
import plotly.graph_objects as go
from decision_kit import Decision, charts, evaluate, load, wording

evaluation = evaluate(Decision.open(Path("decisions/{EXAMPLE}")), load())
asked = [
    w.RadioButtons(options=list(requirement.levels), description=requirement.question)
    for requirement in evaluation.knowledge.requirements.values()
]
drawn = charts.for_and_against(evaluation).update_layout(title=wording.headline(evaluation))
w.HBox([w.VBox(asked), go.FigureWidget(drawn)])
"""
PAINTED = """
([input, box]) => new Promise(resolve => {
  let began;
  new MutationObserver((_, watcher) => {
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  }).observe(box, { childList: true, subtree: true, characterData: true });
  began = performance.now();
  input.click();
})
"""
OURS = ".dk-question input[type=radio]", ".widget-html:has(> * > .dk-verdict)", ".dk-verdict"
THEIRS = "", "", ".js-plotly-plot .gtitle"
"""Only how soon it is there: measured with the controls tied to it, nothing on the page answered a change."""
NEITHER = ".widget-vbox:has(> .widget-html .bare) input", ".widget-html:has(> * > .bare)", ".bare"
CHART = ".barlayer .point"
SEEN = "selector => [...document.querySelectorAll(selector)].some(element => element.checkVisibility())"
"""Asked by the page itself at each frame: Playwright's own looking comes half a second late where the page is busy."""


def times(page: Page, radios: str, box: str) -> list[float]:
    """Click radio buttons not chosen yet and take the milliseconds until something in the box is painted anew."""
    drawn, taken = np.random.default_rng(7), []  # so that answers hardly ever come together as they did before
    for _ in range(ROUNDS // 2 + 3):
        page.wait_for_timeout(700)  # as a person would; the chart behind the last answer is drawn by then
        inputs = page.locator(f"{radios}:not(:checked)").element_handles()
        both = [inputs[drawn.integers(len(inputs))], page.locator(box).first.element_handle()]
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
    print(f"\nimport: decision_kit {ours * 1000:.0f} ms, numpy {numpys * 1000:.0f} ms, ratio {ours / numpys:.2f}")


def notebooks(folder: Path, scratch: Path) -> None:
    """Put a person's folder together: our notebook and the peers' page, each with the bare widget behind it."""
    (scratch / "notebooks").mkdir()
    ours = nbformat.read(files.shipped("notebooks") / "1_decide.ipynb", as_version=4)
    head = ours.cells[0]
    peer = nbformat.v4.new_notebook(cells=[head, nbformat.v4.new_code_cell(PEER)], metadata=ours.metadata)
    for name, notebook in (("ours", ours), ("peer", peer)):
        notebook.cells.append(nbformat.v4.new_code_cell(BARE))
        nbformat.write(notebook, scratch / "notebooks" / f"{name}.ipynb")
    launch.prepare(folder, scratch / "notebooks")
    (folder / "decisions").mkdir()
    shutil.copy(files.shipped("data") / "examples" / EXAMPLE, folder / "decisions")


@contextmanager
def page_of(browser: Browser, serve: str, name: str) -> Iterator[tuple[Page, Callable[[], object]]]:
    """Serve one notebook in a fresh folder; give a page and what starts it, once its kernel is up where that can be."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as scratch:
        notebooks(Path(folder), Path(scratch))
        with serving(Path(folder), Path(scratch), serve) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            if serve == APP:
                yield (
                    page,
                    lambda: page.goto(
                        f"{server.url}voila/render/{name}.ipynb?token={server.token}", wait_until="commit"
                    ),
                )
            else:
                kernel = {"path": f"{name}.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
                server.ask("api/sessions", kernel)
                page.goto(f"{server.url}doc/tree/{name}.ipynb?token={server.token}")
                page.locator("[data-status=idle]").first.wait_for(timeout=60_000)
                page.wait_for_timeout(3000)  # the page is busy with itself for a while
                yield page, lambda: page.get_by_role("button", name="▶ Start").click()
            page.close()


def measure(browser: Browser, told: str, serve: str, name: str, parts: tuple[str, str, str]) -> None:
    """Measure one page and print its row."""
    radios, box, verdict = parts
    with page_of(browser, serve, name) as (page, start):
        began = time.perf_counter()
        start()
        seen = []
        for what in (verdict, CHART):
            page.wait_for_function(SEEN, arg=what, polling="raf", timeout=60_000)
            seen.append(time.perf_counter() - began)
        if not radios:
            print(f"| {told} | {seen[0]:.1f} s | {seen[1]:.1f} s | | | |", flush=True)
            return
        page.locator(".bare").wait_for(timeout=60_000)
        ours, bare = [], []
        for _ in range(2):  # in turns, so that both meet the same machine
            ours += times(page, radios, box)
            bare += times(page, *NEITHER[:2])
        low, middle, high = statistics.quantiles(ours, n=4)
        print(
            f"| {told} | {seen[0]:.1f} s | {seen[1]:.1f} s | {middle:.0f} ms ({low:.0f} to {high:.0f}) "
            f"| {statistics.median(bare):.0f} ms | {middle / statistics.median(bare):.1f} |",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    # As everything beside it was when it was installed, and the kit when it first ran; else each kernel does it again.
    compileall.compile_dir(files.PACKAGE, quiet=1)
    print("| page | verdict seen | chart seen | answer to its paint (quartiles) | bare `HTML` widget | ratio |")
    print("|---|---:|---:|---:|---:|---:|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        measure(browser, "**our notebook** in JupyterLab, from Start", LAB, "ours", OURS)
        measure(browser, "the same with `FigureWidget`, from Start", LAB, "peer", THEIRS)
        measure(browser, "**our notebook** as an app, from its address, kernel start included", APP, "ours", OURS)
        measure(browser, "the same with `FigureWidget`, as an app", APP, "peer", THEIRS)
        browser.close()
    imports()


if __name__ == "__main__":
    main()
