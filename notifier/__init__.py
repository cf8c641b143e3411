"""How a notice reaches a person: outbox, routing, text, channels."""
