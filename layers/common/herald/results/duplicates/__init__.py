"""Which rows of a batch are alike, and which phones stand in several of them."""
