"""Vouchers of merchandise shops, which creators take for earnings.

An operator loads a file of codes worth €20.00 at Threadhouse. Ada takes one for €20.00 of hers:

    creator:7:payable → vouchers:threadhouse  20.00

One code goes to one creator, and only they see it. What stands on the shop's account is due to it
for what was given out; the shop is paid from there.
"""
