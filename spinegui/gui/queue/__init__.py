"""The review queue: what to look at next, one spine after the other, across images."""
