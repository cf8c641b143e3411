"""The windows of an inspection department."""
