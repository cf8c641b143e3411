"""The windows of a use unit."""
