"""Run the kit's server as an app: each notebook of the folder is a page that runs by itself and shows no code."""

import os
from pathlib import Path
from typing import Any

import nbformat
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

FORGOTTEN = int(os.environ.get("DECISION_KIT_FORGOTTEN", "600"))
"""Seconds after which the kernel of a page ends that was closed without saying so, as when a browser crashes; a
test sets it shorter."""


def main() -> None:
    """Serve until told to stop."""
    config = Config()
    config.MappingKernelManager.cull_idle_timeout = FORGOTTEN
    config.MappingKernelManager.cull_interval = max(1, FORGOTTEN // 10)
    config.KernelRestarter.restart_limit = 0  # a page cannot go on with a kernel that knows nothing of it
    config.VoilaConfiguration.template = "decision-kit"
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.progressive_rendering = True
    config.VoilaConfiguration.prelaunch_hook = page
    config.VoilaConfiguration.resources = {"language_code": "en"}
    config.NotebookClient.on_cell_error = failed
    ServerApp.launch_instance(config=config)


def page(handler: Any, notebook: nbformat.NotebookNode, cwd: str) -> None:
    """Make a page of a notebook: give it its title, the links to the others, and no word about how to run it.

    Parameters
    ----------
    handler : tornado.web.RequestHandler
        What was asked for.
    notebook : nbformat.NotebookNode
        Changed in place.
    cwd : str
        The folder of the notebook, below the served one.
    """
    _ = handler.xsrf_token  # sets the cookie without which a page that is closed may not end its kernel
    folder = Path(handler.contents_manager.root_dir) / cwd
    pages = {path.name: title for path in sorted(folder.glob("*.ipynb")) if (title := _title_in(path))}
    notebook.metadata.page = Path(handler.path_args[0]).name
    notebook.metadata.pages = list(pages.items())
    notebook.metadata.title = _title(notebook)
    notebook.metadata.first = next((n for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"), 0)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            paragraphs = cell.source.split("\n\n")
            cell.source = "\n\n".join(text for text in paragraphs if "data-commandlinker-command" not in text)


async def failed(cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ARG001
    """Put one sentence in the place of what a cell that failed would show.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        Changed in place.
    cell_index : int
        Where it stands.
    execute_reply : dict
        What the kernel says.
    """
    from decision_kit import panels  # noqa: PLC0415 - hardly ever needed

    content = execute_reply["content"]
    what = content["evalue"] if content["ename"] == "InputError" else f"{content['ename']}: {content['evalue']}"
    told = panels.message(f"This page cannot be shown: {what} Reload it once that is mended.")
    shown = {"text/html": f'{panels.style()}<div class="dk-failed">{told}</div>'}
    cell.outputs = [nbformat.v4.new_output("display_data", shown)]  # type: ignore[no-untyped-call]


def _title_in(path: Path) -> str:
    """Read the title of a notebook; empty for what is none, and for a copy set aside (its name has a second dot)."""
    if "." in path.stem:
        return ""
    try:
        return _title(nbformat.read(path, as_version=4))  # type: ignore[no-untyped-call]
    except (OSError, ValueError, KeyError, AttributeError):
        return ""


def _title(notebook: nbformat.NotebookNode) -> str:
    """Find the first heading."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), "decision-kit")
