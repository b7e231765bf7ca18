"""One file for each clip: how it looks, and how it sounds."""
