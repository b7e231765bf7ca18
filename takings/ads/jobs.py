"""Background work of advertising; each is safe to repeat."""

import uuid

from procrastinate.contrib.django import app

from takings.ads import actions
from takings.core import clock


@app.task(name="ads.charge_segment", queue="ads", retry=10)
def charge_segment(*, segment: str) -> None:
    """Charge what a shipped segment shows was seen, and count what viewers did with it."""
    actions.charge_segment(segment=segment, at=clock.now())


@app.task(name="ads.return_leases", queue="ads", queueing_lock="ads.return_leases")
def return_leases(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Give back reserved money that no beacon can claim any more."""
    actions.return_leases(at=clock.now())


@app.task(name="ads.set_paces", queue="ads", queueing_lock="ads.set_paces")
def set_paces(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Move the campaigns that spread their budget back to their plan."""
    actions.set_paces(at=clock.now())


@app.task(name="ads.invoice_months", queue="default", queueing_lock="ads.invoice_months")
def invoice_months(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Issue the invoices of months that are over."""
    actions.invoice_months(at=clock.now())


@app.task(name="ads.judge_traffic", queue="default", queueing_lock="ads.judge_traffic")
def judge_traffic(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Look again at the ads of days that are over, and give back what no person saw."""
    actions.judge_traffic(at=clock.now())


@app.task(name="ads.forget_exposures", queue="default", queueing_lock="ads.forget_exposures")
def forget_exposures(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Delete what frequency caps count no more, and all of people who are being erased."""
    actions.forget_exposures(at=clock.now())


@app.task(name="ads.forget_samples", queue="default", queueing_lock="ads.forget_samples")
def forget_samples(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Delete sampled requests that no forecast looks at any more."""
    actions.forget_samples(at=clock.now())


@app.task(name="ads.learn_rates", queue="default", queueing_lock="ads.learn_rates")
def learn_rates(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Learn what places do to the chances of ads, once a day."""
    actions.learn_rates(at=clock.now())


@app.task(name="ads.send_invitation", queue="default", retry=10)
def send_invitation(*, invitation_id: str) -> None:
    """Write to somebody whom a brand invited."""
    actions.send_invitation(invitation_id=uuid.UUID(invitation_id))


@app.task(name="ads.tell_declined", queue="default", retry=10)
def tell_declined(*, creative_id: str, edition: int) -> None:
    """Write to an advertiser whose ad was declined."""
    actions.tell_declined(creative_id=uuid.UUID(creative_id), edition=edition)


@app.task(name="ads.take_tag", queue="ads", retry=3)
def take_tag(*, tag_id: str) -> None:
    """Fetch the video of a tag that an advertiser handed in."""
    actions.take_tag(tag_id=uuid.UUID(tag_id), at=clock.now())


@app.task(
    name="ads.tell_counters",
    queue="ads",
    lock="ads.tell_counters",
    queueing_lock="ads.tell_counters",
)
def tell_counters(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Tell the counters of ad tags of the impressions that were charged."""
    actions.tell_counters(at=clock.now())


@app.task(name="ads.take_partner_creative", queue="ads", retry=3)
def take_partner_creative(*, creative_id: int) -> None:
    """Fetch the video of an ad that a partner bid with."""
    actions.take_partner_creative(creative_id=creative_id, at=clock.now())


@app.task(
    name="ads.tell_partners",
    queue="ads",
    lock="ads.tell_partners",
    queueing_lock="ads.tell_partners",
)
def tell_partners(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Tell partners what they won, lost and are charged for."""
    actions.tell_partners(at=clock.now())


def order_charging(segment: str) -> None:
    """Order the charging of a segment, in the transaction that announces it as shipped."""
    charge_segment.defer(segment=segment)
