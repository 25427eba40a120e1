"""What the deployment is told when it runs on this machine."""

import os

from local.carrier.settings import CarrierSettings
from local.stack.addresses import Ports

DATA_STACK = "herald-local-data"
APPLICATION_STACK = "herald-local"
SENDER_EMAIL = "herald@example.org"
"""Who e-mails come from; on AWS the operator verifies this address, here the deployment does."""


def template_parameters(ports: Ports) -> dict[str, str]:
    """Values for the parameters of the templates; those a template does not declare are left out on deploying."""
    return {
        "DataStack": DATA_STACK,
        "Stage": "local",
        "PublicUrl": ports.public_url,
        "CarrierBaseUrl": ports.carrier_url,
        "Sender": "+15005550006",
        "RenderConcurrency": str(os.cpu_count() or 1),
        "MailSender": SENDER_EMAIL,
        "CorsOrigins": "http://localhost:*,http://127.0.0.1:*",  # a page under development, on whatever port it is
    }


def secret_values() -> dict[str, dict[str, str]]:
    """Contents for the secrets an operator fills by hand on AWS, by the secret's logical id."""
    carrier = CarrierSettings.from_environment()
    return {"CarrierSecret": {"account_sid": carrier.account_sid, "auth_token": carrier.auth_token}}
