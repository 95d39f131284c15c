"""Other programs' formats, one file a format, both ways."""
