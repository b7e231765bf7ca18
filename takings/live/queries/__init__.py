"""Everything one may ask about what is live; import the questions from here."""

from takings.live.queries.topics import access_topic

__all__ = ["access_topic"]
