"""Which key does what: as delivered, as the person changed it, and what a new one would disturb."""
