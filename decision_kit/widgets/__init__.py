"""Controls for the notebooks, one module a notebook; no arithmetic here, and none in the notebooks."""
