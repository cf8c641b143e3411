"""What is due when, and who is told: rulebooks, calendar, date rules, planner, clock."""
