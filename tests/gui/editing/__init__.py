"""The story of editing, by every door."""
