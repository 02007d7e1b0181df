"""Where the line runs through a system: its parts and links, the cheapest line, and all that is said of it."""
