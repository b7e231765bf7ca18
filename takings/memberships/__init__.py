"""Watching without ads: a pass is paid month by month, and its fee goes to whom its owner watched.

A member in Germany pays €5.99 on 25 January, of which €0.96 is tax; the rest waits, day by day:

    provider:sandbox → unearned:pass:<id>  5.03     provider:sandbox → tax:DE:vat     0.96
    unearned:pass:<id> → pool:premium:DE:2027-01  7/31     → pool:premium:DE:2027-02  24/31

What is left of a month that is given back goes back; what is shared already stays with creators.
"""
