"""The gallery: all spines of a label as crops in a grid, to compare and relabel many at once."""
