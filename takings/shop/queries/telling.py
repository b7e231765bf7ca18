"""What is told of an order, in lines."""

from takings.money import format_money
from takings.shop.models import Order

MINUTE = "%Y-%m-%d %H:%M UTC"


def evidence_of(order: Order) -> tuple[str, ...]:
    """Return what was ordered, sent where and when, and what happened to each parcel."""
    lines = [f"Ordered: {order}, for {format_money(order.amount)}"]
    if order.to:
        lines.append(f"Sent to: {', '.join(order.to.splitlines())}, {order.country}")
    for parcel in order.parcels.order_by("pk").prefetch_related("lines", "steps"):
        lines += [f"From {parcel.seller}: {line}" for line in parcel.lines.all()]
        if parcel.tracking:
            lines.append(f"Sent by {parcel.carrier}, number {parcel.tracking}")
        lines += [
            f"{step.at:{MINUTE}}: {step.words}" + (f", by {step.by}" if step.by else "")
            for step in parcel.steps.select_related("by")
        ]
        lines += [
            f"Downloaded {one.at:{MINUTE}}: {one}"
            for line in parcel.lines.all()
            for one in line.downloads.select_related("line").order_by("pk")
        ]
    return tuple(lines)
