"""The history: who did what when, an image as it was, and taking one thing back."""
