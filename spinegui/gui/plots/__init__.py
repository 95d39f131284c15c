"""Curves and matrices drawn with pyqtgraph."""
