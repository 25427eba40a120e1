"""The one botocore session of a process: a second would read configuration, credentials and models anew."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import botocore.session


@cache
def aws_session() -> "botocore.session.Session":
    """The session that makes every client; its loaders and credentials serve them all."""
    import botocore.session

    from herald.runtime.service_models import ServiceModels

    session = botocore.session.get_session()
    session.register_component("data_loader", ServiceModels())
    return session
