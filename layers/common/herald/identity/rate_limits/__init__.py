"""How often somebody may call, and whether their session still stands."""
