"""The formats that a decision is exported in, and how their files' names end."""

from decision_kit.keeper import ENDING

LAYOUTS = ("madr", "nygard", "madr2")
"""In Markdown: MADR 4 (https://adr.github.io/madr), Michael Nygard's of 2011 as adr-tools writes it, MADR 2."""

ENDINGS = {**dict.fromkeys(LAYOUTS, ".md"), "html": ".html", "pdf": ".pdf", "json": ENDING}
"""All formats, each with how its files' names end."""

USUAL = ("madr", "html", "json")
"""The formats that are written where none is asked for."""
