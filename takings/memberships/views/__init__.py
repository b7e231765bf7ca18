"""Pages of passes, and of creators' tiers and members."""
