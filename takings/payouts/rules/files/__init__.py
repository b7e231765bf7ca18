"""Files to banks and from banks, as bytes."""
