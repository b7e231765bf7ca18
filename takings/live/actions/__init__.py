"""Everything that changes what is live, one file per concern; import the verbs from here."""

from takings.live.actions.publishing import forget_events, publish, publish_many

__all__ = ["forget_events", "publish", "publish_many"]
