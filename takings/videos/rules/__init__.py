"""Pure decisions about videos: no Django, no clock, no files."""
