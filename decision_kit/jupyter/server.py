"""Run JupyterLab or the app as the kit's server: up sooner than by itself, and never outliving the kit.

`decision_kit.jupyter.process` runs this file as a program, with the module that serves as its first argument, and
holds the other end of its standard input.
"""

import importlib
import os
import signal
import sys
import threading


def main() -> None:
    """Serve until told to stop, or until the kit is gone."""
    # Importing this optional check (of international web addresses, which Jupyter does not use) builds a
    # grammar: 1.4 s of the 2.4 s until the server answers. None makes the import fail as if it were missing.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    threading.Thread(target=_stop_with_the_kit, daemon=True).start()

    importlib.import_module(sys.argv.pop(1)).main()


def _stop_with_the_kit() -> None:
    # Not sys.stdin: a thread that waits inside its buffer aborts the interpreter when that shuts down.
    while os.read(0, 1024):
        pass
    if os.name == "nt":
        signal.raise_signal(signal.SIGTERM)  # there, os.kill leaves the kernels to themselves
    else:
        os.kill(os.getpid(), signal.SIGTERM)  # to the process and not to this thread, so that the loop wakes


if __name__ == "__main__":
    main()
