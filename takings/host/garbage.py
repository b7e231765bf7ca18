"""How often Python looks for garbage: seldom, and never among what lives as long as the process."""

import atexit
import gc

YOUNGEST, YOUNG, OLD = 20_000, 50, 50
"""How many new objects, then how many rounds, before the next older ones are looked through."""


def spare_what_is_loaded() -> None:
    """Let the collection of garbage pass over all that is loaded so far, and come seldom.

    As Python has it, each batch of events, and each thousand lines of a close, let it walk through
    all of Django: a third of the collector's time, half of a close's, and pauses of a quarter of a
    second.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # or libraries would complain of what was never let go
    gc.set_threshold(YOUNGEST, YOUNG, OLD)
