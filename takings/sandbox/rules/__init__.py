"""Pure decisions of the sandbox: cards, fees, signatures, what is said over the wire."""

from takings.sandbox.rules.cards import REASONS, SCRIPTS, NotATestCard, Script, script_of
from takings.sandbox.rules.fees import dispute_fee, fee_of
from takings.sandbox.rules.signing import HEADER, is_signed, sign
from takings.sandbox.rules.wire import DayReport, Message, ReportRow, State, Told

__all__ = [
    "HEADER",
    "REASONS",
    "SCRIPTS",
    "DayReport",
    "Message",
    "NotATestCard",
    "ReportRow",
    "Script",
    "State",
    "Told",
    "dispute_fee",
    "fee_of",
    "is_signed",
    "script_of",
    "sign",
]
