"""The pages of the shop: goods, cart and orders; the seller's studio; the operators' desk."""
