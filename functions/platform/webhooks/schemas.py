"""What carriers are answered."""

from herald.http.schemas import View


class Received(View):
    """That a callback was taken in; whether it told anything new is nobody's business."""

    status: str = "received"
