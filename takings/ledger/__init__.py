"""The books: accounts, entries, transfers; every balance equals the sum of its transfers."""
