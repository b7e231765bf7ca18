"""Pages of videos in the studio. Everything but sending a file works without scripts."""
