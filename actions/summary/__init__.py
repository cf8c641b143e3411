"""What departments cleared in a day and in a week: closed once, so that it adds up for ever."""
