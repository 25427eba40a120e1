"""What the deployment is told when it runs on this machine."""

from local.stack.addresses import Ports

STACK_NAME = "herald-local"
CARRIER_ACCOUNT = "AC00000000000000000000000000000000"


def template_parameters(ports: Ports) -> dict[str, str]:
    """Values for the parameters of template.yaml; those a template does not declare are left out on deploying."""
    return {
        "Stage": "local",
        "PublicUrl": ports.public_url,
        "CarrierBaseUrl": ports.carrier_url,
        "Sender": "+15005550006",
        "SenderEmail": "herald@example.org",
    }


def secret_values() -> dict[str, dict[str, str]]:
    """Contents for the secrets an operator fills by hand on AWS, by the secret's logical id."""
    return {"CarrierSecret": {"account_sid": CARRIER_ACCOUNT, "auth_token": "local-carrier"}}
