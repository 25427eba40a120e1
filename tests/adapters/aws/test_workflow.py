"""Executions are started once per name, found again, and stopped, whatever has become of them."""

import pytest

from herald.adapters.aws.workflow import Workflow
from tests.support.cloud import cloud, results_cloud, status_of_execution
from tests.support.results import machine

__all__ = ["cloud", "results_cloud"]


@pytest.fixture
def workflow(results_cloud: None) -> Workflow:
    return machine()


def test_a_name_is_used_once(workflow: Workflow) -> None:
    assert workflow.start_once("november", {"rows": 1})
    assert not workflow.start_once("november", {"rows": 2})


def test_what_was_started_is_known(workflow: Workflow) -> None:
    workflow.start_once("november", {})

    assert workflow.was_started("november")
    assert not workflow.was_started("december")


def test_what_runs_is_stopped_and_what_does_not_is_left_alone(workflow: Workflow) -> None:
    workflow.start_once("november", {})

    workflow.stop("november")
    workflow.stop("november")
    workflow.stop("december")

    assert status_of_execution("november") == "ABORTED"
