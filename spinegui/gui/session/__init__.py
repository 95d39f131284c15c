"""Where the person was, kept while they work and brought back at the next start."""
