"""Companies that carry text messages."""
