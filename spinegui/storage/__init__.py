"""Everything that is written down: projects, training sets, models, exchange formats."""
