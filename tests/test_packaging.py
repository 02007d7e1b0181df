"""The wheel: an installed kit has its notebooks, its data and its page with it, away from any checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import EXAMPLES

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout and unpack it, as installing it would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """Run Python on the unpacked wheel in a folder that is no checkout."""
    env = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=env, check=True, capture_output=True, text=True)
    return done.stdout


def test_it_holds_what_the_checkout_holds(installed: Path):
    for source in ("data", "notebooks"):
        kept = [path for path in (ROOT / source).rglob("*") if path.suffix in (".csv", ".json", ".ipynb")]
        kept = [path for path in kept if not {"decisions", "records", ".ipynb_checkpoints"} & set(path.parts)]
        assert kept
        for path in kept:
            assert (installed / "decision_kit" / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    names = {path.name for path in (installed / "decision_kit").rglob("*")}
    assert {
        "page.js",
        "py.typed",
        "panels.css",
        "madr.md.j2",
        "report.html.j2",
        "index.html.j2",
        "default_setting_overrides.json",
    } <= names
    (extension,) = installed.glob("*.data/data/share/jupyter/labextensions/decision-kit/start.js")  # for any Jupyter
    assert extension.is_file()


def test_it_scores_and_exports_away_from_a_checkout(installed: Path, tmp_path: Path):
    example = str(EXAMPLES / "uber-rides.decision.json")
    where = run(installed, tmp_path, "-c", "import decision_kit; print(decision_kit.__file__)")
    assert Path(where.strip()).is_relative_to(installed)
    assert "Leaning towards a hybrid" in run(installed, tmp_path, "-m", "decision_kit.cli", "score", example)
    written = run(installed, tmp_path, "-m", "decision_kit.cli", "export", example, "--to", "records").split()
    assert [Path(line).suffix for line in written] == [".md", ".html", ".json"]
    assert all((tmp_path / line).is_file() for line in written)


def test_it_puts_a_copy_of_the_notebooks_into_a_folder_of_the_users(installed: Path, tmp_path: Path):
    prepare = "from pathlib import Path; from decision_kit import launch; launch.prepare(Path('mine'))"
    run(installed, tmp_path, "-c", prepare)
    for source in (ROOT / "notebooks").glob("*.ipynb"):
        assert (tmp_path / "mine" / source.name).read_bytes() == source.read_bytes()


def test_importing_it_and_its_command_brings_in_neither_jupyter_nor_plotly_nor_pandas(installed: Path, tmp_path: Path):
    heavy = "{'jupyterlab', 'ipywidgets', 'plotly', 'pandas', 'scipy', 'jinja2', 'jsonschema'}"
    evaluated = "import sys, decision_kit.cli; decision_kit.evaluate(decision_kit.Decision('x'))"
    code = f"{evaluated}; print({heavy} & set(sys.modules))"
    assert run(installed, tmp_path, "-c", code).strip() == "set()"
