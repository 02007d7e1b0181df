"""What several test modules share: folders of knowledge to read and to break."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import order_system
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from decision_kit import Decision, Knowledge, knowledge
from decision_kit.boundaries import boundary, system
from decision_kit.boundaries.boundary import Line
from decision_kit.telemetry import traces

# Speed is measured in tests/benchmarks and asserted nowhere.
settings.register_profile("kit", deadline=None)
settings.load_profile("kit")

SMALL = Path(__file__).parent / "knowledge"
EXAMPLES = Path(__file__).parent.parent / "data" / "examples"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests with a browser last: once it is started a loop runs in this thread, as else only in notebooks."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


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
        expect.set_options(timeout=60_000)  # on a machine with much to do; what is there sooner is not waited for
        yield browser
        browser.close()
