"""Seeing: contrast, colours, channels, slabs and sections; for the eye only, never the data."""
