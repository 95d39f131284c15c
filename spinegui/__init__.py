"""Review dendritic-spine predictions, correct them by clicking, retrain from corrections."""

__version__ = "0.1.0"
