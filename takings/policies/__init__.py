"""Dated rules: what counts as a view, who shares what, and since when."""
