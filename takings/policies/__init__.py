"""Dated rules: what counts as a view, who shares what, and since when.

A pack is a TOML file of dated versions; a version is named ``house@2026-01-01``. An instant has
exactly one policy, and what was decided under it names it:

>>> import datetime as dt
>>> from takings.policies.queries import policy_at
>>> november = policy_at(at=dt.datetime(2026, 11, 3, tzinfo=dt.UTC))
>>> november.version, november.pool.creator_share.ratio
('house@2026-01-01', Fraction(9, 20))
"""
