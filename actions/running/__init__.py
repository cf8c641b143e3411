"""What an operator does: cities, calendars, brakes, tasks, health, forgetting."""
