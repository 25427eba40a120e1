"""Takes the place of the function that renders."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from herald.errors import Unavailable


@dataclass
class FakeRenderer:
    """Answers every question in the same way, and remembers what it was asked and told."""

    answer: Mapping[str, object] = field(default_factory=lambda: {"pdf_key": "previews/preview.pdf"})
    asked: list[Mapping[str, object]] = field(default_factory=list)
    told: list[Mapping[str, object]] = field(default_factory=list)
    is_away: bool = False

    def ask(self, payload: Mapping[str, object]) -> Mapping[str, object]:
        if self.is_away:
            raise Unavailable("Nobody renders now.")
        self.asked.append(payload)
        return self.answer

    def tell(self, payload: Mapping[str, object]) -> None:
        if self.is_away:
            raise Unavailable("Nobody renders now.")
        self.told.append(payload)
