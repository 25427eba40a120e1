"""What the tests of this package share."""

from tests.support.cloud import cloud, results_cloud
from tests.support.log import read_log

__all__ = ["cloud", "read_log", "results_cloud"]
