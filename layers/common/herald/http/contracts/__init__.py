"""The five published contracts, each one object; and one for each set of paths that two of them share."""
