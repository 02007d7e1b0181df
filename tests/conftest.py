"""What several test modules share: folders of knowledge to read and to break."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import order_system
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from decision_kit import Decision, Knowledge, knowledge
from decision_kit.boundaries import boundary, system
from decision_kit.boundaries.boundary import Line
from decision_kit.telemetry import traces

# Speed is measured in tests/benchmarks and asserted nowhere.
settings.register_profile("kit", deadline=None)
settings.load_profile("kit")
# So a wait in the browser is as long as a busy machine needs; what is there sooner is not waited for.
expect.set_options(timeout=60_000)

SMALL = Path(__file__).parent / "knowledge"
EXAMPLES = Path(__file__).parent.parent / "data" / "examples"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with a browser last: once it is started a loop runs in this thread, as else only in notebooks.

    Each process takes the next file in this order (``--dist loadfile --no-loadscope-reorder``).
    """
    browse = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in browse)


@pytest.fixture(scope="session")
def small() -> Knowledge:
    """Three requirements and three models, small enough to work by hand."""
    return knowledge.load(SMALL)


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Copy the small folder with one text of one file replaced."""

    def break_(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "broken"
        shutil.copytree(SMALL, folder, dirs_exist_ok=True)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return break_


@pytest.fixture
def order_and_payment() -> Decision:
    """Open the example that uses everything a decision can hold."""
    return Decision.open(EXAMPLES / "order-and-payment.decision.json")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KiB, to be filled or made one that is only read."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if not (mount and unmount and getattr(os, "geteuid", lambda: 1)() == 0):
        pytest.skip("needs root, to mount a small disk")
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    mounted = subprocess.run([mount, *options], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"needs to be allowed to mount a small disk ({mounted.stderr.strip()})")
    yield disk
    subprocess.run([unmount, str(disk)], check=True)


@pytest.fixture
def rides() -> Decision:
    """Open the example whose system is known too."""
    tables = (EXAMPLES / f"uber-rides.{name}.csv" for name in ("parts", "links"))
    return replace(Decision.open(EXAMPLES / "uber-rides.decision.json"), system=system.load(*tables, knowledge.load()))


@pytest.fixture(scope="session")
def uber() -> Line:
    """Draw the line of that example's system."""
    tables = (EXAMPLES / f"uber-rides.{name}.csv" for name in ("parts", "links"))
    return boundary.draw(system.load(*tables, knowledge.load()))


@pytest.fixture(scope="session")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record the order system once."""
    return order_system.record(tmp_path_factory.mktemp("orders") / "orders.jsonl")


@pytest.fixture(scope="session")
def summary(orders: Path) -> traces.Summary:
    """Summarize its spans once."""
    return traces.summarize([orders])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Open the system's Chromium; where there is none skip and say so, but fail in CI, where there must be one."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "needs Chromium on the PATH, or its path in the variable CHROMIUM"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with sync_playwright() as playwright:
        quiet = ["background-networking", "component-update", "quic", "sync", "gpu"]
        flags = ["--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Lab:
    """JupyterLab as the kit starts it: the folder that it shows, its address, its token, and what opens its pages."""

    home: Path
    address: str
    token: str
    context: BrowserContext

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send the server a request and read its answer."""
        headers = {"Authorization": f"token {self.token}"}
        answer = self.context.request.fetch(self.address + path, method=method, data=body, headers=headers)
        assert answer.ok
        return answer.json() if answer.body() else None

    def begin(self, notebook: Path) -> str:
        """Begin a session as the kit does, so that the kernel starts while the page loads; give the page's address."""
        path = notebook.relative_to(self.home).as_posix()
        session = {"path": path, "name": notebook.name, "type": "notebook", "kernel": {"name": "python3"}}
        self.ask("POST", "api/sessions", session)
        return f"{self.address}doc/tree/{path}?token={self.token}"

    def clean(self) -> None:
        """Close every page, end every kernel, and forget how a page was left and told to look."""
        for page in self.context.pages:
            page.close()
        for kernel in self.ask("GET", "api/kernels"):
            self.ask("DELETE", f"api/kernels/{kernel['id']}")
        for workspace in self.ask("GET", "lab/api/workspaces")["workspaces"]["ids"]:
            self.ask("DELETE", f"lab/api/workspaces/{workspace}")
        shutil.rmtree(self.home / ".jupyter/lab/user-settings", ignore_errors=True)


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """Start the kit by its command, once: each test has a clean folder below the one that it shows."""
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "decision_kit.cli", "--no-browser", "--folder", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"HOME": str(home)}) as process:
        try:
            told = (re.match(r"(http.*)doc/tree/1_decide\.ipynb\?token=(.*)", line) for line in process.stdout)
            address, token = next(filter(None, told)).groups()
            yield home, address, token
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0


@pytest.fixture
def lab(browser: Browser, jupyterlab: tuple[Path, str, str]) -> Iterator[Lab]:
    """Give it to a test as if it were just started, and what opens it."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(60_000)
        lab = Lab(*jupyterlab, context)
        lab.clean()
        yield lab
        lab.clean()
