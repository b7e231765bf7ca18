"""Everything one may ask the shop. Nothing here writes."""
