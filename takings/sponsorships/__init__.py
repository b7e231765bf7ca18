"""Brand cooperation: a deal's money is held before work starts, and leaves by milestone.

A brand agrees with @ada on one video for $500: $100 for the approved draft, $300 when it is
published, $100 when it has stayed 15 days. ``escrow:deal:<id>`` holds $500; of each milestone 90 %
becomes @ada's (``creator:<id>:pending``), 10 % ours (``platform:revenue:deals``). What she removes
on day 9 gives $100 back to the brand. Never both.
"""
