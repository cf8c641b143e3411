"""Around the data interface: a sandbox, the acceptance list for platforms, the client's text."""
