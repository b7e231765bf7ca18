"""The pages of coins: one's own, and the operators' desk."""
