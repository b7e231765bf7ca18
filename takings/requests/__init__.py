"""Requests: a fan pays a creator for something made for them, and the money waits for it.

A greeting for €25 from Germany; tax is inside. Vera pays, Ada accepts, delivers, Vera takes it:

    provider:sandbox → escrow:request:<id>   21.01     → tax:DE:vat                 3.99
    escrow:request:<id> → creator:7:pending  16.808    → platform:revenue:requests  4.202

Each side has so much time to answer. A creator who is silent or late has it all given back to the
card; a fan who is silent has taken what was delivered.
"""
