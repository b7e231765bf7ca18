"""Pages of payouts: ``studio`` for creators, ``desk`` for those who pay."""
