"""Sums and activities, kept by following what is stored."""
