"""Where and when the worker command runs; no Qt, no ML."""
