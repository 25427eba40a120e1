"""What the tests of this room share."""

from tests.support.cloud import cloud, results_cloud

__all__ = ["cloud", "results_cloud"]
