"""Lists of contacts, and how many there are."""
