"""What every part stands on: refusals, the clock, ids. No Django here.

>>> from takings.core.errors import Conflict
>>> class NotEnoughCoins(Conflict):
...     code = "not_enough_coins"
...     sentence = "You have {held} coins; this gift costs {price}."
>>> str(NotEnoughCoins(held=3, price=5))
'You have 3 coins; this gift costs 5.'
"""
