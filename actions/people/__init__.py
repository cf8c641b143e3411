"""Parties and their people: who answers for what, and how each is told."""
