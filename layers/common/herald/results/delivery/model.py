"""How deliveries are divided and given up."""

from datetime import timedelta

DELIVERY_GIVEN_UP_AFTER = timedelta(hours=1)
TEXTS_PER_CHUNK = 25
"""Reports per message of the delivery queue."""
