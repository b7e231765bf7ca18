"""Coins: bought by card, given, spent and given back, lot by lot.

A fan in Germany buys 1 000 coins for €11.90, of which €1.90 is tax; 80 bonus coins come with them:

    provider:sandbox → coins:liability:<lot>  10.00    provider:sandbox → tax:DE:vat  1.90
    coins:issued → viewer:7:coins  1 000               coins:issued → viewer:7:bonus_coins  80

Every coin that is spent says from which lot it came, and which money was received for it.
"""
