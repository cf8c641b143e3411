"""HTTP: pages, webhooks, data interface."""
