"""A value that does not suit the template."""


class BrokenValue(Exception):
    """A value that cannot stand where the template wants it.

    Attributes:
        reason: A sentence that ends without a full stop.
        placeholder: The placeholder's dotted name, if it is known.
        value: What its cell shows, shortened, where that is what is wrong.
        kind: What the cell holds: ``text``, ``number``, ``date``, ``time`` or ``truth``.
    """

    def __init__(self, reason: str, placeholder: str | None = None, *, value: str = "", kind: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.placeholder = placeholder
        self.value = value
        self.kind = kind
