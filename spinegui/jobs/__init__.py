"""The language spoken between window and worker: job folders, events, JSON lines."""
