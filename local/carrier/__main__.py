"""Run a simulated carrier: ``python -m local.carrier --port 8081``."""

from argparse import ArgumentParser

from local.carrier.server import HOST, LocalServer, create_application
from local.carrier.settings import CarrierSettings


def main() -> None:
    """Serve until interrupted."""
    parser = ArgumentParser(prog="python -m local.carrier", description="A carrier that speaks Twilio's API.")
    parser.add_argument("--port", type=int, default=8081)
    port = parser.parse_args().port
    settings = CarrierSettings.from_environment()
    print(f"The carrier listens on http://{HOST}:{port} as {settings.account_sid}.", flush=True)
    LocalServer(create_application(settings), port).run()


if __name__ == "__main__":
    main()
