"""Small value types that every package may use."""
