"""The data interface: keys, uploads of other platforms, and what they are told (003 三(二)2)."""
