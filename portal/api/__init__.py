"""The data interface `/api/v1`: other platforms upload records and hear what becomes of them (003 三(二)2)."""
