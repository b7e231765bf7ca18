"""Pure parts of advertising: campaigns, tokens, leases, the choice, the bill. No Django."""
