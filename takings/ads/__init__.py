"""Advertising: prepaid campaigns, signed decisions, charges per viewable impression."""
