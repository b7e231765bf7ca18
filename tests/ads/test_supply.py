"""The files that buyers of ads read, read as strictly as the specification allows."""

import pytest
from django.test import Client, override_settings

from takings.ads.rules.supply import (
    BadAdSystem,
    BadSellerId,
    domain_of,
    read_ad_systems,
    read_seller_id,
)

OTHERS = "exchange.example,pub-7,direct,f08c47fec0942fa0 Other.example,42,RESELLER"
PUBLIC = {
    "PUBLIC_URL": "https://takings.example",
    "AD_CONTACT": "ads@takings.example",
    "AD_SYSTEMS": read_ad_systems(OTHERS),
}


def read_ads_txt(text: str) -> tuple[list[tuple[str, ...]], dict[str, str]]:
    """Read as ads.txt 1.1 says, and stand for nothing else: records, and variables."""
    records: list[tuple[str, ...]] = []
    variables: dict[str, str] = {}
    for line in text.splitlines():
        data = line.partition("#")[0].strip()
        if not data:
            continue
        fields = tuple(field.strip() for field in data.split(","))
        if len(fields) == 1:
            name, equals, value = data.partition("=")
            assert equals
            assert name in {"CONTACT", "SUBDOMAIN", "OWNERDOMAIN", "MANAGERDOMAIN"}
            variables[name] = value
        else:
            assert len(fields) in {3, 4}
            assert all(fields)
            assert "." in fields[0]
            assert fields[2] in {"DIRECT", "RESELLER"}
            records.append(fields)
    assert records != []  # a file without one says nothing
    return records, variables


@pytest.mark.parametrize("path", ["/ads.txt", "/app-ads.txt"])
def test_we_and_those_we_name_may_sell(client: Client, path: str) -> None:
    with override_settings(**PUBLIC):
        answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Vary" not in answer.headers
    assert answer.cookies == {}
    records, variables = read_ads_txt(answer.content.decode())
    assert records == [
        ("takings.example", "1", "DIRECT"),
        ("exchange.example", "pub-7", "DIRECT", "f08c47fec0942fa0"),
        ("other.example", "42", "RESELLER"),
    ]
    assert variables == {"OWNERDOMAIN": "takings.example", "CONTACT": "ads@takings.example"}


def test_we_alone_are_paid(client: Client) -> None:
    with override_settings(**PUBLIC):
        answer = client.get("/sellers.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.json() == {
        "version": "1.0",
        "contact_email": "ads@takings.example",
        "sellers": [
            {
                "seller_id": "1",
                "name": "Takings",
                "domain": "takings.example",
                "seller_type": "PUBLISHER",
                "is_confidential": 0,
                "is_passthrough": 0,
            }
        ],
    }


def test_a_platform_without_a_public_name_sells_to_nobody(client: Client) -> None:
    with override_settings(PUBLIC_URL="http://127.0.0.1:8000", AD_SYSTEMS=(), AD_CONTACT=""):
        records, variables = read_ads_txt(client.get("/ads.txt").content.decode())
        assert client.get("/sellers.json").json() == {"version": "1.0", "sellers": []}
    assert records == [("placeholder.example.com", "placeholder", "DIRECT", "placeholder")]
    assert variables == {}


@pytest.mark.parametrize(
    ("site", "domain"),
    [
        ("https://takings.example:8443/x", "takings.example"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8000", ""),
        ("http://[::1]:8000", ""),
        ("http://localhost", ""),
        ("", ""),
    ],
)
def test_a_domain_is_a_public_name(site: str, domain: str) -> None:
    assert domain_of(site) == domain


@pytest.mark.parametrize(
    "given",
    [
        "exchange.example",
        "exchange.example,7",
        "exchange.example,7,BOTH",
        "exchange.example,,DIRECT",
        "exchange.example,7,DIRECT,",
        "exchange.example,7,DIRECT,a,b",
        "exchange,7,DIRECT",
        "exchange.example,#7,DIRECT",
    ],
)
def test_a_line_that_buyers_could_not_read_is_refused(given: str) -> None:
    with pytest.raises(BadAdSystem, match="write domain,seller-id,DIRECT"):
        read_ad_systems(f"other.example,42,RESELLER {given}")


def test_a_sellers_id_stands_between_commas() -> None:
    assert read_seller_id("pub-7") == "pub-7"
    with pytest.raises(BadSellerId, match="“a,b” cannot be a seller's id"):
        read_seller_id("a,b")
