"""Evaluation and result pages: matplotlib figures and HTML."""
