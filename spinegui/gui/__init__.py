"""The window: Qt, and nothing that trains."""
