"""What one proof of the books looks at: stretches of numbers, new ones and a part of the old.

Everything in the books is numbered as it is posted (items) or sealed (batches). A run proves what
came after the last one, and one of 60 parts of what came before, another in each run.
"""

from dataclasses import dataclass

TURNS = 60
ITEMS_OF_A_POSTING = 2**17  # numbers of postings are multiples of it
MOST_SPANS = 64


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers above ``after``, up to and with ``upto``."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a run proves: spans of items, of batches, and of bytes of the published heads.

    ``settled`` is the last item before which nothing can appear any more. ``is_full`` says that
    there is nothing outside of the spans.
    """

    is_full: bool
    turn: int
    settled: int
    items: tuple[Span, ...]
    batches: tuple[Span, ...]
    heads: tuple[Span, ...]

    @property
    def settled_items(self) -> tuple[Span, ...]:
        """The spans of items, as far as they are settled."""
        spans = (Span(span.after, min(span.upto, self.settled)) for span in self.items)
        return tuple(span for span in spans if span.after < span.upto)


def old_spans(*, upto: int, turn: int, width: int) -> tuple[Span, ...]:
    """Return the part of the numbers 0 … ``upto`` that is proved again in this turn.

    The numbers lie in blocks, and block b has its turn when b mod 60 does, so that a number is
    proved again after exactly 60 runs. Blocks begin ``width`` wide and become twice as wide as soon
    as a turn would have more than 64 of them: only then a number may wait for up to 119 runs.
    """
    while upto // width >= TURNS * MOST_SPANS:
        width *= 2
    blocks = range(turn % TURNS, upto // width + 1, TURNS)
    return tuple(Span(b * width - 1, min((b + 1) * width - 1, upto)) for b in blocks)
