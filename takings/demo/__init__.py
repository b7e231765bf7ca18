"""The demo world: clips, people and a month of activity, the same every time."""
