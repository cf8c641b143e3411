"""What documents ask of offices by fixed days: reports, reviews, targets; who owes them, and who is reminded when."""
