"""The pages of payments; each translates, makes one call, and translates back."""
