"""Serve the local front: `python -m local.front --help`."""

import argparse

import uvicorn

from local.front.application import ApiLocation, create_application

HOST = "127.0.0.1"


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = argparse.ArgumentParser(description="Serve the deployed API at one local address.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--http", required=True, help="address of the HTTP API's stage")
    parser.add_argument("--websocket", help="address of the WebSocket API's stage")
    arguments = parser.parse_args()
    application = create_application(ApiLocation(arguments.http, arguments.websocket))
    uvicorn.run(
        application,
        host=HOST,
        port=arguments.port,
        access_log=False,
        proxy_headers=False,  # the caller is whoever connects, not whoever a header names
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
