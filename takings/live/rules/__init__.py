"""Pure decisions of what is live."""
