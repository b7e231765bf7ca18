"""The terms as they were shown: a page carries a token that only we can have made."""

import datetime as dt

import msgspec
from django.core import signing

from takings.payments.rules import VERSION, Accepted, TermsChanged
from takings.policies.queries import policy_at

SALT = "payments.terms"
LONGEST = dt.timedelta(days=1)


def show_terms(*, at: dt.datetime) -> str:
    """Return the token of a page that shows the terms now."""
    shown = Accepted(VERSION, policy_at(at=at).version, at)
    return signing.dumps(msgspec.to_builtins(shown), salt=SALT)


def accepted_terms(token: str, *, at: dt.datetime) -> Accepted:
    """Return what the page that carried this token had shown. Refuses: TermsChanged."""
    try:
        shown = msgspec.convert(signing.loads(token, salt=SALT), Accepted)
    except signing.BadSignature as forged:
        raise TermsChanged from forged
    if shown.terms != VERSION or at - shown.shown_at > LONGEST:
        raise TermsChanged
    return shown
