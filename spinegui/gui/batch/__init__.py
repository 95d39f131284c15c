"""Detecting on many images: one after the other, with pause, cancel, errors listed."""
