"""Pixels from disk to a plane: one reader a format, pixel size, projection, contrast."""
