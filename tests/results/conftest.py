"""What the tests around results share."""

from tests.support.cloud import cloud, results_cloud

__all__ = ["cloud", "results_cloud"]
