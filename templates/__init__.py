"""Every sentence that a person reads. Data only."""
