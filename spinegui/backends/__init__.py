"""The machine learning: the only room that imports ML libraries, each inside its functions."""
