"""Lives are short in every run; ``pytest tests/life --hypothesis-profile=long`` makes them long."""

from hypothesis import settings

settings.register_profile(
    "long", settings.get_profile("unhurried"), max_examples=400, stateful_step_count=80
)
