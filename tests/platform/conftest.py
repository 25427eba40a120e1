"""What the tests of this package share."""

from tests.support.cloud import cloud, results_cloud

__all__ = ["cloud", "results_cloud"]
