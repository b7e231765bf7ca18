"""Pages of deals: lists, the offer, the room of a deal, and the operators' desk."""
