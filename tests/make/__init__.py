"""Typed makers: each goes through the actions a real person would use."""
