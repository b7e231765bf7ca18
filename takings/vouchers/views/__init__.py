"""The pages of vouchers: one's own, and the operators' stock."""
