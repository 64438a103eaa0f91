"""Times and torture: what the tests assert as counts, here as numbers. Each file prints one table."""
