"""The manual in the window: pages that travel with the program, with the keys as they are."""
