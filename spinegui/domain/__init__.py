"""Values and arithmetic: boxes, labels, edits, metrics; stdlib and numpy only."""
