"""The sandbox: a whole card company that needs no network and moves no money.

It is the other side: it knows nothing of Takings' payments or books, only what its API is asked. A
test card says what happens: ``4242 4242 4242 4242`` pays, ``4000 0000 0000 0002`` is declined. Of
$100.00 it keeps 2.9 % and 30 cents, $3.20, tells of it in a signed message, and lists it in the
report of the day.

From what it keeps for a merchant it also pays those whom the merchant owes, to test bank accounts:
``000123456789`` is paid, ``000123456055`` gives it back three days later.
"""
