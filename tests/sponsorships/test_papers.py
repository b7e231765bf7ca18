"""The agreement on paper: for both sides the same, to the byte; of an offer there is none."""

from dataclasses import replace
from typing import cast

import pytest
from django.test import Client

from takings.policies.queries import deal_rule
from takings.sponsorships.models import Deal
from takings.sponsorships.queries.papers import agreed_of
from takings.sponsorships.rules import Usage
from takings.sponsorships.rules.paper import agreement_of
from tests.make.deals import TERMS, Pair, agreed, offered, usd
from tests.make.people import make_user

pytestmark = pytest.mark.django_db


def test_both_sides_keep_the_same_agreement_and_nobody_else_any(pair: Pair) -> None:
    deal = agreed(pair)
    path, files = f"/deals/{deal.pk}/agreement.pdf", []
    for user in (pair.member, pair.creator.user):
        client = Client()
        client.force_login(user)
        assert path in client.get(f"/deals/{deal.pk}/").content.decode()
        answer = client.get(path)
        assert answer.headers["Content-Type"] == "application/pdf"
        files.append(answer.content)
    assert files[0] == files[1]
    assert deal.digest.encode() in files[0]
    open_offer, client = offered(pair), Client()
    client.force_login(pair.member)
    refused = client.get(f"/deals/{open_offer.pk}/agreement.pdf")
    assert (refused.status_code, "nothing_agreed" in refused.content.decode()) == (404, True)
    client.force_login(make_user("Stranger"))
    assert client.get(path).status_code == 404


def test_every_word_and_amount_is_on_it(pair: Pair) -> None:
    more = replace(
        TERMS,
        signed=usd("10"),
        usage=Usage.ADS,
        usage_days=30,
        usage_where="Europe",
        product="A shoe",
        product_value=usd("90"),
    )
    plain = replace(TERMS, stayed=usd("0"), live_days=0, product="A sock")
    said = []
    for terms in (more, plain):
        deal = Deal.objects.get(pk=agreed(pair, terms).pk)
        rule = deal_rule(deal.rule_version)
        values = agreement_of(agreed_of(deal), rule=rule).values
        rows = cast("list[tuple[str, str]]", values["terms"])
        said.append((dict(rows), cast("list[list[str]]", values["paid"])))
    words, paid = said[0]
    assert words["Usage by the brand"] == "On the brand’s channels and in its ads, 30 days, Europe"
    assert words["Product"] == "A shoe, worth $90.00"
    assert words["Publication"].endswith("of the approval and stays 15 days")
    assert paid[0] == ["Signing, as soon as it is paid in", "All", "$10.00"]
    assert said[1][0]["Product"] == "A sock"
    assert said[1][0]["Usage by the brand"] == "Only on the creator’s channel"
    assert sorted(row[2] for row in said[1][1]) == ["$100.00", "$300.00"]
