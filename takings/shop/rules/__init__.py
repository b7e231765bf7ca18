"""The shop's arithmetic and decisions: pure, one file per concern."""
