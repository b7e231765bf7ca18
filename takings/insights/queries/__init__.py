"""Everything creators, brands and operators may ask. Nothing here writes."""
