"""The hunt for missed spines: what a queue of scores never shows."""
