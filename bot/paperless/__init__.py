"""Windows of maintenance without paper."""
