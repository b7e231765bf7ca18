"""Letters: what was done or said in a deal, told to the other side, with what is due next."""

from django.urls import reverse

from takings.people.actions.letters import send_letter
from takings.people.models import Role, User
from takings.sponsorships.models import Deal, Step
from takings.sponsorships.queries import works_of
from takings.sponsorships.rules import Side


def tell_step(*, step_id: int) -> int:
    """Write to the side that did not take a step, or to both if a clock did; return to how many.

    A brand's viewers change nothing, so nothing waits for them. A job killed right after the
    letters sends them again: twice is better than never.
    """
    found = Step.objects.select_related("deal__brand", "deal__creator__user", "taken_by")
    step = found.get(pk=step_id)
    deal = step.deal
    told = [one for side in Side if side != step.side for one in _people(deal, side)]
    for user in told:
        what = "A message" if step.kind == "said" else step.words_of_kind
        send_letter(
            address=user.email,
            subject=f"{what}: {deal.terms.title}",
            letter="sponsorships/letters/step.txt",
            told={"user": user, "step": step, "deal": deal, "works": works_of(deal)},
            page=reverse("sponsorships:room", args=[deal.pk]),
        )
    return len(told)


def _people(deal: Deal, side: Side) -> list[User]:
    if side is Side.CREATOR:
        return [deal.creator.user]
    acting = deal.brand.memberships.exclude(role=Role.VIEWER).select_related("user")
    return [one.user for one in acting.order_by("pk")]
