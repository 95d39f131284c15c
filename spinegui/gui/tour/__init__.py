"""The tour: two minutes on a sample, step by step, each done with one's own hands."""
