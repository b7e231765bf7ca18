"""What the demo world is made of, as pure functions: clips, the cast, a month of viewing."""
