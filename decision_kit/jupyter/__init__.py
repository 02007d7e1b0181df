"""What the kit's own Jupyter server runs and is set to."""
