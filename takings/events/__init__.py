"""Viewing facts: the collector, the event lake, and which views qualify."""
