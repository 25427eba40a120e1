"""What carriers are answered."""

from typing import Literal

from herald.http.schemas import View


class Received(View):
    """That a callback was taken in; whether it told anything new is nobody's business."""

    status: Literal["received"] = "received"
    """The same for whatever the callback said."""
