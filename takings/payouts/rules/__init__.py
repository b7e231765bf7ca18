"""Pure rules of payouts: calendar, gate, tax, cents, states, ways to be paid, reports."""
