"""Maintenance without paper (003): who is registered and how, who may read records, and what the city makes of it."""
