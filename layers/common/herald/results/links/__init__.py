"""What stands behind the link in a text."""
