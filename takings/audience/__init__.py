"""What viewers see and do: the feed, follows, likes."""
