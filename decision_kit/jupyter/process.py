"""The kit's own Jupyter server as a process: started, asked, and ended whatever happens."""

import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decision_kit.errors import InputError

HERE = Path(__file__).parent
PATIENCE = 60.0  # seconds for the server to answer
GRACE = 10.0  # seconds for it to end its kernels and itself
LAB = "jupyterlab.labapp"
"""What serves the notebooks."""
APP = "pages"
"""What serves them as an app: the module beside this one."""
VOILA = "voila.server_extension"


@dataclass
class Server:
    """A server, and how to reach it once it answers.

    Attributes
    ----------
    process : subprocess.Popen
        The server.
    scratch : pathlib.Path
        A folder for its log and for what it keeps only while it runs.
    port : int
        Where it listens on 127.0.0.1.
    base : str
        What the paths of its addresses begin with.
    token : str
        What it lets in.
    """

    process: subprocess.Popen[bytes]
    scratch: Path
    port: int = 0
    base: str = "/"
    token: str = ""

    @property
    def url(self) -> str:
        """The address that all others begin with."""
        return f"http://127.0.0.1:{self.port}{self.base}"

    def ask(self, path: str, body: dict[str, Any] | None = None) -> None:
        """Send a request, with a body to make something.

        Parameters
        ----------
        path : str
            The path below `url`.
        body : dict, optional
            What to post.

        Raises
        ------
        InputError
            If it is not answered, or with a refusal.
        """
        # Not urllib: that would send it to the proxy which the environment names for the web.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(
                "GET" if body is None else "POST",
                self.base + path,
                None if body is None else json.dumps(body),
                {"Authorization": f"token {self.token}"},
            )
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise self.trouble(f"does not answer ({error})") from None
        finally:
            connection.close()
        if status >= http.client.BAD_REQUEST:
            raise self.trouble(f"refused {path} ({status})")

    def answers(self) -> bool:
        """Whether the server has said where it listens, and answers there."""
        for found in self.scratch.glob("jpserver-*.json"):
            with suppress(InputError, OSError, ValueError):
                told = json.loads(found.read_text(encoding="utf-8"))
                self.port, self.base, self.token = told["port"], told["base_url"], told["token"]
                self.ask("api/status")
                return True
        return False

    def wait(self) -> None:
        """Wait until the server has ended.

        Raises
        ------
        InputError
            If it broke.
        """
        # Looking now and then, because Python may sleep through a signal that comes just before it waits for
        # good, and on Windows through any.
        while (status := self.process.poll()) is None:
            time.sleep(0.2)
        if status:
            raise self.trouble("broke")

    def end(self) -> None:
        """End the server and its kernels: in order if they can, firmly if they cannot."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def trouble(self, what: str) -> InputError:
        """Make one sentence of what went wrong and the last line of the log."""
        log = (self.scratch / "log").read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(log) if line.strip()), "nothing")
        return InputError(f"Jupyter {what}; the last it said: {last}")


@contextmanager
def serving(folder: Path, scratch: Path, serve: str = LAB) -> Iterator[Server]:
    """Run a server that answers, and end it and its kernels whatever happens in the body.

    Parameters
    ----------
    folder : pathlib.Path
        The folder it serves.
    scratch : pathlib.Path
        An empty folder, for as long as it runs.
    serve : str
        The module that serves, `LAB` or `APP`.

    Yields
    ------
    Server
        The server.

    Raises
    ------
    InputError
        If it does not start, or does not answer in time.
    """
    with (scratch / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own file, by this Python
            [sys.executable, HERE / "server.py", serve, *_arguments(folder, serve)],
            env=os.environ | _environment(scratch),
            cwd=scratch,
            stdin=subprocess.PIPE,  # it ends when this closes, even if the kit is killed
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl+C is for the kit, which then ends the server in order: first POSIX's way, then Windows'.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    server = Server(process, scratch)
    try:
        latest = time.monotonic() + PATIENCE
        while not server.answers():
            if process.poll() is not None:
                raise server.trouble("did not start")
            if time.monotonic() > latest:
                raise server.trouble(f"did not answer within {PATIENCE:.0f} seconds")
            time.sleep(0.05)
        yield server
    finally:
        server.end()


def _arguments(folder: Path, serve: str) -> list[str]:
    # No terminals, no looking for language servers, which starts a Node.js if there is one, no Notebook 7 beside the
    # kit, and one of the two.
    off = [
        "jupyter_server_terminals",
        "jupyter_lsp",
        "notebook",
        *(["jupyterlab", "notebook_shim"] if serve == APP else [VOILA]),
    ]
    return [
        f"--ServerApp.root_dir={folder.resolve()}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",  # any that is free
        "--ServerApp.certfile=",  # for this machine only, whatever a person's own settings say
        "--ServerApp.keyfile=",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_root=True",  # as in containers
        *(f"--ServerApp.jpserver_extensions={name}=False" for name in off),
        "--ServerApp.kernel_websocket_connection_class=prompt.PromptConnection",
        "--KernelRestarter.time_to_dead=0.5",  # seconds between two looks, so that few answers go to a dead kernel
        f"--LabApp.extra_labextensions_path={HERE / 'labextensions'}",
    ]


def _environment(scratch: Path) -> dict[str, str]:
    return {
        # The kit's settings keep the first screen calm; a person's own come after them.
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, (str(HERE), os.environ.get("JUPYTER_CONFIG_PATH")))),
        "JUPYTER_PATH": os.pathsep.join(filter(None, (str(HERE), os.environ.get("JUPYTER_PATH")))),  # the app's pages
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this Python before one of the same name in the home
        "JUPYTER_RUNTIME_DIR": str(scratch),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch),  # the page as it is meant, not as it was left
        "JUPYTER_TOKEN": secrets.token_urlsafe(32),  # not an argument: every user of a machine can list those
    }
