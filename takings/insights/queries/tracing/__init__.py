"""Traces: from any amount to everything behind it, and back."""
