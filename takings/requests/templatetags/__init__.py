"""What other apps' pages may show of requests."""
