"""Closing a period: pools are shared by qualified views and statements are made."""
