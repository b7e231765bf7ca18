"""Everything that changes vouchers: loading codes, giving them out, answering for faulty ones."""

from takings.vouchers.actions.loading import (
    LoadedBefore,
    LoadIdTaken,
    LoadWithdrawn,
    VoucherFile,
    VouchersNeedReason,
    load_vouchers,
    stock_vouchers,
    withdraw_load,
)
from takings.vouchers.actions.mending import (
    FaultNeedsWords,
    ReportedAlready,
    decline_fault,
    replace_voucher,
    report_fault,
    return_earnings,
)
from takings.vouchers.actions.rewarding import VouchersForEarnings

__all__ = [
    "FaultNeedsWords",
    "LoadIdTaken",
    "LoadWithdrawn",
    "LoadedBefore",
    "ReportedAlready",
    "VoucherFile",
    "VouchersForEarnings",
    "VouchersNeedReason",
    "decline_fault",
    "load_vouchers",
    "replace_voucher",
    "report_fault",
    "return_earnings",
    "stock_vouchers",
    "withdraw_load",
]
