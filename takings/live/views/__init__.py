"""Pages of rooms: for guests, for their creators, and for operators."""
