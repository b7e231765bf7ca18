"""What an examination says."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "hint", "bad"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: how it is and, unless it is well, what to do.

    ``hint`` is something only some people need; ``bad`` stops the product.
    """

    what: str
    state: State
    seen: str
    advice: str = ""
