"""Pure decisions of the sandbox: cards, payees, fees, signatures, what is said over the wire."""

from takings.sandbox.rules.cards import REASONS, SCRIPTS, NotATestCard, Script, script_of
from takings.sandbox.rules.fees import dispute_fee, fee_of
from takings.sandbox.rules.payees import (
    PAYEE_SCRIPTS,
    NotATestAccount,
    PayeeScript,
    payee_script_of,
)
from takings.sandbox.rules.signing import HEADER, is_signed, sign
from takings.sandbox.rules.wire import (
    DayReport,
    Message,
    PayeeState,
    ReportRow,
    State,
    Told,
    TransferState,
)

__all__ = [
    "HEADER",
    "PAYEE_SCRIPTS",
    "REASONS",
    "SCRIPTS",
    "DayReport",
    "Message",
    "NotATestAccount",
    "NotATestCard",
    "PayeeScript",
    "PayeeState",
    "ReportRow",
    "Script",
    "State",
    "Told",
    "TransferState",
    "dispute_fee",
    "fee_of",
    "is_signed",
    "payee_script_of",
    "script_of",
    "sign",
]
