"""What the program and its jobs wrote down, to be read in the window."""
