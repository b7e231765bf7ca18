"""Gifts: coins that viewers give a creator for a video; part of what they brought is the creator's.

A rose of 100 coins, bought for €1.00 (of which €0.16 was tax), is one entry in coins and in money:

    viewer:12:coins → coins:issued                    100.00 COIN
    coins:liability:<lot> → creator:7:pending           0.42 EUR
    coins:liability:<lot> → platform:revenue:gifts      0.42 EUR

Coins that were given free bring nothing, and so they bring their creator nothing but thanks.
"""
