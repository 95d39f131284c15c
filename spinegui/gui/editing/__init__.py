"""Editing: adding with one click, merging, splitting, painting, and many spines at once."""
