"""Synthetic dendrites with known truth: the sample project, tests, training."""
