"""Creators sell their own things from the video: an order is paid once and earned parcel by parcel.

A buyer in Germany pays €29.75 for a shirt (€25.85) and its shipping (€3.90), 19 % of it tax:

    provider:sandbox → escrow:order:<id>  25.00     provider:sandbox → tax:DE:vat  4.75

When the parcel is there and may not be sent back any more, at a commission of 9 % of the goods:

    escrow:order:<id> → creator:<seller>:pending  23.04…   → platform:revenue:shop  1.95…
"""
