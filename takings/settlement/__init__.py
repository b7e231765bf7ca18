"""Closing a period: pools are shared by qualified views and statements are made.

A country's pool of $100,000 with 100 million counted views, a fifth of them with one track: music
takes $10,000, the creators' pool is $90,000, a creator with one million views is allocated $900 and
earns 45 % of it, $405.

A close is six stored stages (frozen, counted, allocated, posted, statements, closed), each one
transaction and done once; a crash between two of them is finished by running the close again.
"""
