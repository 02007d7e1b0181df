"""Size, load time and requests of the reports, beside a full page of plotly with the same charts, in one run.

``python tests/benchmarks/report.py`` prints the table; Chromium must be on the PATH.
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from decision_kit import Decision, charts, evaluate, files, report

RUNS = 7


def loaded(browser: Browser, path: Path) -> tuple[float, int]:
    """Load a page in a context of its own: median milliseconds to its load event, and requests beside its own."""
    times, asked = [], 0
    for _ in range(RUNS):
        page = browser.new_context().new_page()
        requests: list[str] = []
        page.on("request", lambda request, requests=requests: requests.append(request.url))
        begun = time.perf_counter()
        page.goto(path.as_uri(), wait_until="load")
        times.append((time.perf_counter() - begun) * 1000)
        asked = len(requests) - 1
        page.context.close()
    return statistics.median(times), asked


def main() -> None:
    """Print a row for each example."""
    print("| example | report kB | ms to load | requests | plotly page kB | ms to load | requests |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path in sorted((files.shipped("data") / "examples").glob("*.decision.json")):
            evaluation = evaluate(Decision.open(path)).recorded()
            pages = report.html(evaluation), charts.for_and_against(evaluation).to_html(full_html=True)
            cells = []
            for number, text in enumerate(pages):
                page = Path(name) / f"{number}.html"
                page.write_text(text, encoding="utf-8")
                took, asked = loaded(browser, page)
                cells += [f"{len(text.encode()) / 1000:.1f}", f"{took:.0f}", str(asked)]
            print(f"| {path.name.split('.')[0]} | {' | '.join(cells)} |")
        browser.close()


if __name__ == "__main__":
    main()
