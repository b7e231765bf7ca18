"""Invoices, receipts and credit notes: numbered without a gap, never changed, with their tax.

An invoice of $119.00 with 19 % inside is $100.00 net and $19.00 tax; T-2026-000041 is followed by
T-2026-000042, whatever crashed in between. Streams say what was sold; nothing here knows them.
"""
