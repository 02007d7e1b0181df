"""Packages that only some of the kit needs, and what to say where one is not there."""

import importlib
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

    Returns
    -------
    module

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
            f"{what} needs {package}, which cannot be used ({reason}); install it with: python -m pip install {package}"
        ) from None
