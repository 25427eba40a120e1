"""Sums and news, kept by following what is stored."""
