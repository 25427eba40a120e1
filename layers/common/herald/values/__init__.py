"""Small value types that every room may use."""
