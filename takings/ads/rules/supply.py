"""Who may sell our places for ads, in the files that buyers read (IAB Tech Lab).

``ads.txt`` 1.1 and ``app-ads.txt`` name the systems that may, ``sellers.json`` 1.0 who is paid.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from takings.core.errors import Invalid

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_SELLER_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_RELATIONS = ("DIRECT", "RESELLER")
_NOBODY = "placeholder.example.com, placeholder, DIRECT, placeholder"
"""What the specification asks for where nobody may sell: an empty file would say nothing."""


class BadAdSystem(Invalid):
    """A buyer reads each line by machine, and skips what it cannot read."""

    code = "bad_ad_system"
    sentence = (
        "“{given}” names nobody who may sell ads: write domain,seller-id,DIRECT or"
        " domain,seller-id,RESELLER, perhaps with ,certification-id, and no spaces."
    )


class BadSellerId(Invalid):
    """It stands between commas in files of others."""

    code = "bad_seller_id"
    sentence = "“{given}” cannot be a seller's id: use letters, digits, and . _ : - between them."


@dataclass(frozen=True, slots=True)
class Seller:
    """We, as the seller: ``domain`` is empty where the platform has no public name."""

    id: str
    name: str
    domain: str
    contact: str


def domain_of(site: str) -> str:
    """Return the domain of an address; empty for an IP address or a machine's own name.

    >>> domain_of("https://takings.example:8443"), domain_of("http://127.0.0.1:8000")
    ('takings.example', '')
    """
    host = urlsplit(site).hostname or ""
    return host if _DOMAIN.fullmatch(host) else ""


def read_seller_id(given: str) -> str:
    """Return the id, or refuse with :class:`BadSellerId`."""
    if not _SELLER_ID.fullmatch(given):
        raise BadSellerId(given=given)
    return given


def read_ad_systems(given: str) -> tuple[str, ...]:
    """Return the lines of others who may sell, given apart by spaces. Refuses: BadAdSystem."""
    return tuple(_line(one) for one in given.split())


def _line(given: str) -> str:
    fields = given.split(",")
    domain, seller_id, relation = (*fields[:3], "", "", "")[:3]
    well_formed = (
        _DOMAIN.fullmatch(domain.lower())
        and relation.upper() in _RELATIONS
        and len(fields) in {3, 4}
        and all(_SELLER_ID.fullmatch(one) for one in (seller_id, *fields[3:]))
    )
    if not well_formed:
        raise BadAdSystem(given=given)
    return ", ".join([domain.lower(), seller_id, relation.upper(), *fields[3:]])


def ads_txt(seller: Seller, *, systems: Sequence[str]) -> str:
    """Return ``ads.txt``, which ``app-ads.txt`` equals: we sell ourselves, and so may others."""
    own = [f"{seller.domain}, {seller.id}, DIRECT"] if seller.domain else []
    told = [f"OWNERDOMAIN={seller.domain}"] if seller.domain else []
    told += [f"CONTACT={seller.contact}"] if seller.contact else []
    lines = ["# Who may sell ads here.", *([*own, *systems] or [_NOBODY]), *told]
    return "\n".join(lines) + "\n"


def sellers_json(seller: Seller) -> dict[str, object]:
    """Return ``sellers.json``: creators are paid by us, so we alone are paid for ads.

    Without a public name there is no seller.
    """
    sellers = [
        {
            "seller_id": seller.id,
            "name": seller.name,
            "domain": seller.domain,
            "seller_type": "PUBLISHER",
            "is_confidential": 0,
            "is_passthrough": 0,
        }
    ]
    told: dict[str, object] = {"contact_email": seller.contact} if seller.contact else {}
    return {"version": "1.0", **told, "sellers": sellers if seller.domain else []}
