"""Other programs' canvases under the same clock, each run by the Python that it is installed in."""
