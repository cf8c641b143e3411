"""A department's year: which lift is inspected on which day and by whom. Pure; nothing here knows the store."""
