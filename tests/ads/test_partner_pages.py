"""Partners outside as an operator adds, changes and sees them."""

import uuid
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client, override_settings

from takings.ads import actions
from takings.ads.actions import PartnerDraft, Traffic
from takings.ads.actions.partner_traffic import SeenCreative
from takings.ads.actions.partners import HeaderWithoutValue, NotForPartners, PartnerIdTaken
from takings.ads.models import (
    DemandPartner,
    PartnerCreative,
)
from takings.ads.queries import demand_partners
from takings.ads.rules.partners import Blocks
from tests.make.ads import make_campaign
from tests.make.bidders import (
    ACCESS,
    VAST,
    Bidder,
    make_partner,
    make_partner_line,
)
from tests.make.outside import TAG
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator, make_user

pytestmark = pytest.mark.django_db


def test_a_partner_is_added_changed_and_refused_by_name() -> None:
    partner, operator = make_partner(), make_operator()
    free, viewable = make_partner_line(), make_campaign().line_items.get()
    draft = PartnerDraft("Bidder", partner.line_item_id, ACCESS, Blocks(), is_on=True)
    again = actions.add_partner(id=partner.pk, draft=draft, operator=operator, at=NOON)
    assert (again, DemandPartner.objects.count()) == (partner, 1)
    other = replace(draft, name="Other", line_item_id=free.pk)
    with pytest.raises(PartnerIdTaken):
        actions.add_partner(id=partner.pk, draft=other, operator=operator, at=NOON)
    for item_id in (partner.line_item_id, viewable.pk, uuid.uuid4()):
        wrong = replace(other, line_item_id=item_id)
        with pytest.raises(NotForPartners):
            actions.add_partner(id=uuid.uuid4(), draft=wrong, operator=operator, at=NOON)
    silent = replace(other, access=replace(ACCESS, header=("x-new", "")))
    with pytest.raises(HeaderWithoutValue):
        actions.add_partner(id=uuid.uuid4(), draft=silent, operator=operator, at=NOON)
    kept = replace(draft, access=replace(ACCESS, header=("x-key", "")))
    actions.change_partner(partner_id=partner.pk, draft=kept, operator=operator, at=NOON)
    [known] = demand_partners(at=NOON)
    assert known.access == ACCESS
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]):
        assert demand_partners(at=NOON) == []  # its secret cannot be read: it would only refuse us
        with pytest.raises(HeaderWithoutValue):
            actions.change_partner(partner_id=partner.pk, draft=kept, operator=operator, at=NOON)
    bare = replace(kept, access=replace(ACCESS, header=("", "")))
    actions.change_partner(partner_id=partner.pk, draft=bare, operator=operator, at=NOON)
    assert demand_partners(at=NOON)[0].access.header == ("", "")
    off = replace(bare, is_on=False)
    actions.change_partner(partner_id=partner.pk, draft=off, operator=operator, at=NOON)
    assert demand_partners(at=NOON) == []
    assert DemandPartner.objects.count() == 1


def test_the_desk_adds_and_changes_a_partner_and_shows_its_ads(asked: Bidder) -> None:
    item, operator = make_partner_line(), make_operator()
    desk, stranger = Client(), Client()
    desk.force_login(operator, backend=settings.AUTHENTICATION_BACKENDS[0])
    stranger.force_login(make_user(), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "Nobody outside is asked yet." in page_text(desk.get("/ads/desk/partners/"))
    form = {
        "id": str(uuid.uuid4()),
        "name": "Bidder",
        "line_item": str(item.pk),
        "endpoint": "http://bidder.example/bid",
        "timeout_ms": "120",
        "qps": "100",
        "vendor_id": "0",
        "header_name": "x-key",
        "header_value": "s3cret",
        "blocked_domains": "Rival.example\nother.example",
        "blocked_categories": "IAB7-39",
        "is_on": "on",
    }
    refused = page_text(desk.post("/ads/desk/partners/", form))
    assert "is no plain https address" in refused
    form["endpoint"] = f"https://{TAG}/bid"
    added = page_text(desk.post("/ads/desk/partners/", form, follow=True))
    assert "Bidder is asked from now on." in added
    assert "s3cret" not in added
    partner = DemandPartner.objects.get()
    assert partner.blocked_domains == ["other.example", "rival.example"]
    address = f"/ads/desk/partners/{partner.pk}/"
    assert "Too short" not in page_text(desk.get(address))
    slow = page_text(desk.post(address, {**form, "timeout_ms": "9000"}))
    assert "The time-out must be 20 to 500 milliseconds." in slow
    off = {**form, "header_value": ""}
    del off["is_on"]
    assert "Bidder is not asked any more." in page_text(desk.post(address, off, follow=True))
    seen = SeenCreative(partner.pk, "c1", "coats.example", VAST.replace("video/mp4", "text/html"))
    actions.record_partner_traffic(server="a", traffic=Traffic(seen=[seen]), at=NOON)
    row = actions.take_partner_creative(
        creative_id=PartnerCreative.objects.get().pk, at=NOON, outside=asked.way
    )
    page = page_text(desk.get(address))
    assert "The tag’s ad has no video" in page or "no video as MP4 or WebM" in page
    again = desk.post(f"{address}creatives/{row.pk}/again/", follow=True)
    assert "Being fetched" in page_text(again)
    with override_settings(SECRET_KEY_FALLBACKS=[]):
        DemandPartner.objects.update(header_sealed=b"of another key")
        assert "cannot be read any more" in page_text(desk.get(address))
    for one in ("/ads/desk/partners/", address):
        assert stranger.get(one).status_code == 404
    assert desk.get(f"/ads/desk/partners/{uuid.uuid4()}/").status_code == 404
