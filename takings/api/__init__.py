"""The JSON API: sign-in, errors, and the routers of every app. A shell: it decides nothing.

>>> from takings.api.rules import status_of
>>> from takings.core.errors import Conflict
>>> status_of(Conflict())
409
"""
