"""What the tests of this package share."""

from tests.support.browser import browser
from tests.support.cloud import cloud, results_cloud

__all__ = ["browser", "cloud", "results_cloud"]
