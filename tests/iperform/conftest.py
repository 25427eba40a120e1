"""What the tests of this room share."""

from tests.support.cloud import cloud

__all__ = ["cloud"]
