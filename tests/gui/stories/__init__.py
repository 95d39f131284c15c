"""The window's smaller stories, each by its menu and its key."""
