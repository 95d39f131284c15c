"""The settings: pages of controls that count at once, each with what it does in a sentence."""
