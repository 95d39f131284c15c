"""A scripted review of 200 real spines: what it costs a hand, here and in other programs."""
