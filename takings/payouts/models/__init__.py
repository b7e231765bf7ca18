"""Tables of payouts. Amounts are micro-units of ``currency``; what is sealed is encrypted."""

from takings.payouts.models.papers import Form, Legal, Method, Profile, Review, Verdict, Way

__all__ = ["Form", "Legal", "Method", "Profile", "Review", "Verdict", "Way"]
