"""The windows of a maintainer."""
