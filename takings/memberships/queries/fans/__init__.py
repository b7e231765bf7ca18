"""What creators offer, who is a member, and what of it is whose. Nothing here writes."""
