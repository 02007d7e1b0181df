"""From recorded spans to the parts and links of a system."""
