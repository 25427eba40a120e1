"""Sign-ins and their tokens."""
