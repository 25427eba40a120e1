"""What the tests of this package share."""

from tests.support.cloud import cloud

__all__ = ["cloud"]
