"""Work that was given up, as its queue gives it out."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message among the dead letters. What its body says of people is for nobody to see."""

    letter_id: str
    body: str
    sent_at: datetime
    """When the work was first asked for, or when it was given up: AWS keeps the one or the other, by the queue."""
    receives: int
    """How often somebody took it or looked at it, here and before."""
    receipt: str
    """Lets whoever took it remove it."""
