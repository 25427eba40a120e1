"""Rows on their way to being one person's PDF: found and listed."""
