"""botocore's clients are the same with our loader as with its own, and made without the tour of all services."""

import os
import subprocess
import sys

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.session import get_session

from herald.runtime.service_models import ServiceModels
from herald.runtime.session import aws_session

SERVICES = ("dynamodb", "lambda", "s3", "scheduler", "secretsmanager", "sesv2", "sqs", "stepfunctions")
_COUNT_OF_OPENED_FOLDERS = """
import sys
opened = []
sys.addaudithook(lambda event, facts: opened.append(str(facts[0])) if event in ("os.listdir", "os.scandir") else None)
from herald.runtime.session import aws_session
aws_session().create_client("sqs", region_name="eu-west-1")
print(sum("botocore/data" in folder for folder in opened))
"""


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["service-2", "paginators-1", "endpoint-rule-set-1"])
def test_a_model_is_what_botocores_own_loader_reads(service: str, kind: str) -> None:
    assert ServiceModels().load_service_model(service, kind) == Loader().load_service_model(service, kind)


def test_a_client_can_do_what_a_client_of_a_stock_session_can(cloud: None) -> None:
    ours = aws_session().create_client("sqs", region_name="eu-west-1")
    stock = get_session().create_client("sqs", region_name="eu-west-1")

    assert dir(ours) == dir(stock)
    assert ours.meta.endpoint_url == stock.meta.endpoint_url


def test_a_service_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownServiceError):
        ServiceModels().load_service_model("no-such-service", "service-2")


def test_no_folder_of_another_service_is_opened() -> None:
    environment = {"PATH": os.defpath, "AWS_DEFAULT_REGION": "eu-west-1", "PYTHONPATH": "layers/common"}
    program = [sys.executable, "-c", _COUNT_OF_OPENED_FOLDERS]
    answer = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)

    assert 1 <= int(answer.stdout) <= 5
