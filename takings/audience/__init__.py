"""What viewers see and do: the ranked feed, follows, likes.

The feed is one sorted list that anybody can recompute: posts not yet watched come before watched
ones, and inside each half a post's rank is its publishing time in seconds, plus twelve hours for
every tenfold of likes, plus two days when the viewer follows its creator:

>>> from takings.audience.rules import rank
>>> rank(published_s=1_793_620_800, likes=9, following=True)
1793836800
"""
