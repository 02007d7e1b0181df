"""Packages that only some of the kit needs, and what to say where one is not there."""

import importlib
import importlib.util
import os
import shlex
import subprocess
import sys
from typing import Any

from decision_kit.errors import InputError


def need(package: str, what: str) -> Any:
    """Import a package that is an optional extra.

    Parameters
    ----------
    package : str
        Its name, for Python and pip alike.
    what : str
        What needs it, as the beginning of a sentence, such as ``"a PDF"``.

    Raises
    ------
    InputError
        If it is not installed, or lacks a library of the system.
    """
    try:
        return importlib.import_module(package)
    except (ImportError, OSError) as error:  # OSError where a library beneath it is missing
        reason = " ".join(str(error).split())[:100]
        raise InputError(
            f"{what} needs {package}, which cannot be used ({reason}); install it with: {install(package)}"
        ) from None


def there(package: str) -> bool:
    """Tell whether a package is installed, without importing it, which may take a while."""
    importlib.invalidate_caches()  # it may have been installed since this process began
    return importlib.util.find_spec(package) is not None


def install(package: str) -> str:
    """Give the command that installs a package where this Python finds it, to be copied into a terminal."""
    command = [sys.executable, "-m", "pip", "install", package]
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)
