"""Texts that a spreadsheet would run as a formula: made harmless for CSV, and as they were again."""

import re
from typing import Any

import narwhals as nw

from decision_kit.portfolio.engines import TEXTS

UNSAFE = r"=+\-@\t\r\n\x00"
"""What may begin a formula in a spreadsheet: OWASP's list (CSV injection; ASVS 5.0, 1.2.10), and a line feed."""
FORMULA, NUMBER = rf"^'*[{UNSAFE}]", r"^[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?$"


def harmless(frame: Any) -> Any:
    """Put an apostrophe before texts that a spreadsheet would run as a formula, as OWASP advises (CSV injection).

    A text that begins with apostrophes before what may begin a formula has one more, so that :func:`as_it_was` gives
    each text as it was.

    Parameters
    ----------
    frame : dataframe, relation or query
        Of an engine that narwhals carries.

    Returns
    -------
    dataframe, relation or query
        Of the same engine. Texts and column names that begin with ``=``, ``+``, ``-``, ``@``, a tab, an end of a line
        or a null character, or with apostrophes before one, have one more before them, unless they are plain numbers
        such as ``-1.5``.
    """
    rows = nw.from_native(frame)
    types = rows.collect_schema()
    texts = {name: nw.col(name).cast(nw.String) for name, kind in types.items() if kind in TEXTS}
    runs = {name: text.str.contains(FORMULA) & ~text.str.contains(NUMBER) for name, text in texts.items()}
    safe = {n: nw.when(runs[n]).then(nw.concat_str(nw.lit("'"), text)).otherwise(text) for n, text in texts.items()}
    names = {name: f"'{name}" for name in types.names() if re.match(FORMULA, str(name))}
    return (rows.with_columns(**safe) if safe else rows).rename(names).to_native()


def as_it_was(text: str) -> str:
    """Take away the apostrophe that was put before a text."""
    return re.sub(rf"^'(?='*[{UNSAFE}])", "", text)
