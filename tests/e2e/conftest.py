"""What the tests of this package share."""

from tests.support.browser import browser

__all__ = ["browser"]
