"""What officers of a district, of the city and of street offices see and do."""
