"""Finding contacts by the beginning of a word, by digits of a number, by an address."""
