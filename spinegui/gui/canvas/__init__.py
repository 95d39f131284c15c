"""The picture: pixels, the painted overlay, handles, hit testing, tools."""
