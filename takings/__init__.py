"""Takings: a short-video platform that pays, and shows cent by cent why."""
