"""What several test modules share: folders of knowledge to read and to break."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from decision_kit import Decision, Knowledge, knowledge

SMALL = Path(__file__).parent / "knowledge"
EXAMPLES = Path(__file__).parent.parent / "data" / "examples"


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
