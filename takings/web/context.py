"""What every page knows besides its own content: the theme and the way around."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from takings.people.models import Creator, User
from takings.people.queries import NoStudio, access_own_creator, brands_of

THEME_COOKIE = "takings_theme"
THEMES = {"light", "dark"}
_PARTS_OF = {
    "/ads/line-items/": "/ads/campaigns/",
    "/ads/creatives/": "/ads/campaigns/",
    "/ads/promotions/": "/ads/promote/",
    "/ads/desk/deals/": "/ads/desk/partners/",
}
"""Pages whose address is not below that of the place to which they belong."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    url: str
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class Section:
    """Entries that belong together."""

    title: str
    places: list[Place]


DESK = (
    Section(
        "Books",
        [
            Place("/desk/", "Books", "balance"),
            Place("/desk/accounts/", "Accounts", "ledger"),
            Place("/desk/entries/", "Entries", "book"),
            Place("/desk/periods/", "Periods", "clock"),
            Place("/desk/finance/", "Finance", "earnings"),
            Place("/trace/", "Find a trace", "trace"),
        ],
    ),
    Section(
        "Money in and out",
        [
            Place("/payments/desk/", "Payments", "wallet"),
            Place("/ads/desk/deposits/", "Deposits", "download"),
            Place("/ads/desk/invoices/", "Invoices", "statement"),
            Place("/desk/payouts/", "Payouts", "wallet"),
            Place("/desk/payouts/profiles/", "Who is paid", "user"),
            Place("/desk/holds/", "Holds", "lock"),
        ],
    ),
    Section(
        "Ads",
        [
            Place("/ads/desk/review/", "Ads in review", "campaign"),
            Place("/ads/desk/house/", "House ads", "campaign"),
            Place("/ads/desk/rates/", "Predicted rates", "earnings"),
            Place("/ads/desk/partners/", "Demand partners", "share"),
            Place("/ads/desk/players/", "Other players", "play"),
        ],
    ),
    Section(
        "Fans and customers",
        [
            Place("/pass/desk/", "Passes", "watch"),
            Place("/memberships/desk/", "Memberships", "heart"),
            Place("/gifts/desk/", "Gifts", "gift"),
            Place("/coins/desk/", "Coins", "wallet"),
            Place("/vouchers/desk/", "Vouchers", "copy"),
            Place("/requests/desk/", "Requests", "edit"),
            Place("/deals/desk/", "Deals", "share"),
            Place("/shop/desk/", "Shop", "bag"),
            Place("/live/desk/", "Reported lines", "warning"),
        ],
    ),
)
"""An operator's places."""


def _studio(creator: Creator) -> list[Section]:
    """Return a creator's places."""
    return [
        Section(
            "Studio",
            [
                Place("/studio/", "Overview", "earnings"),
                Place("/studio/videos/", "Videos", "videos"),
                Place("/studio/upload/", "Upload", "upload"),
                Place("/live/studio/", "Rooms", "live"),
                Place("/ads/promote/", "Promote", "campaign"),
                Place(f"/@{creator.handle}", "My channel", "user"),
            ],
        ),
        Section(
            "Income",
            [
                Place("/studio/earnings/", "Earnings", "wallet"),
                Place("/studio/statements/", "Statements", "statement"),
                Place("/studio/payouts/", "Payouts", "ledger"),
                Place("/studio/splits/", "Splits", "share"),
                Place("/ads/on-your-videos/", "Ads on your videos", "campaign"),
                Place("/deals/studio/", "Deals", "share"),
            ],
        ),
        Section(
            "Fans and customers",
            [
                Place("/memberships/studio/", "Memberships", "heart"),
                Place("/gifts/received/", "Gifts", "gift"),
                Place("/gifts/studio/", "Gift earnings", "earnings"),
                Place("/gifts/studio/fans/", "Fans", "heart"),
                Place("/gifts/studio/goals/", "Goals", "check"),
                Place("/gifts/studio/rewards/", "Rewards", "balance"),
                Place("/requests/studio/", "Requests", "edit"),
                Place("/shop/studio/", "Shop", "bag"),
            ],
        ),
    ]


YOURS = Section(
    "Yours",
    [
        Place("/pass/", "Your pass", "watch"),
        Place("/memberships/", "Memberships", "heart"),
        Place("/coins/wallet/", "Coins", "wallet"),
        Place("/shop/orders/", "Orders", "bag"),
        Place("/requests/", "Requests", "edit"),
    ],
)
"""What anybody may have who signed in."""


def shell(request: HttpRequest) -> dict[str, object]:
    """Return ``theme``, ``sections`` (the rail), ``tabs`` (phones) and where we are (``here``).

    ``desk`` are an operator's places beside this one, for phones. ``demo_logins`` are shown on the
    sign-in page, in demo mode only.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    user = _user(request)
    creator, has_brand = _roles(user)
    staff = user is not None and user.is_staff
    is_in = user is not None
    sections = _sections(creator=creator, has_brand=has_brand, staff=staff, signed_in=is_in)
    tabs = _tabs(creator=creator, has_brand=has_brand, staff=staff, signed_in=is_in)
    here = _here(request.path, [place for section in sections for place in section.places])
    return {
        "theme": theme if theme in THEMES else "",
        "sections": sections,
        "tabs": tabs,
        "here": here,
        "tab_here": _here(request.path, tabs),
        "desk": _beside(here) if staff else [],
        "own_creator": creator,
        "has_brand": has_brand,
        "demo_logins": settings.DEMO_LOGINS if settings.DEMO else [],
    }


def _user(request: HttpRequest) -> User | None:
    """Return who is signed in; a request refused early has not been asked."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


def _roles(user: User | None) -> tuple[Creator | None, bool]:
    if user is None:
        return None, False
    try:
        creator = access_own_creator(user=user)
    except NoStudio:
        creator = None
    return creator, bool(brands_of(user=user))


def _sections(
    *, creator: Creator | None, has_brand: bool, staff: bool, signed_in: bool
) -> list[Section]:
    first = [
        Place("/", "Watch", "watch"),
        Place("/live/", "Live", "live"),
        Place("/shop/", "Shop", "bag"),
    ]
    sections = [Section("", first)]
    if creator is not None:
        sections += _studio(creator)
    else:
        first.append(Place("/studio/open/", "Open a studio", "plus"))
    if has_brand or staff:
        sections.append(
            Section(
                "Advertise",
                [
                    Place("/ads/", "Account", "wallet"),
                    Place("/ads/campaigns/", "Campaigns", "campaign"),
                    Place("/deals/", "Deals", "share"),
                    Place("/ads/reports/", "Reports", "earnings"),
                    Place("/ads/invoices/", "Invoices", "statement"),
                ],
            )
        )
    elif creator is not None:
        first.append(Place("/ads/brands/new/", "Advertise", "campaign"))
    if staff:
        sections += DESK
    return [*sections, YOURS] if signed_in else sections


def _tabs(*, creator: Creator | None, has_brand: bool, staff: bool, signed_in: bool) -> list[Place]:
    """Return what a thumb reaches: the few places of the role that one has."""
    watch = Place("/", "Watch", "watch")
    if creator is not None:
        return [
            watch,
            Place("/studio/upload/", "Upload", "plus"),
            Place("/studio/", "Studio", "earnings"),
            Place(f"/@{creator.handle}", "Me", "user"),
        ]
    if staff:
        return [
            watch,
            Place("/desk/", "Books", "balance"),
            Place("/desk/periods/", "Periods", "clock"),
            Place("/desk/finance/", "Finance", "earnings"),
        ]
    if has_brand:
        return [
            watch,
            Place("/ads/campaigns/new/", "New", "plus"),
            Place("/ads/campaigns/", "Campaigns", "campaign"),
            Place("/ads/", "Account", "wallet"),
        ]
    account = Place("/accounts/login/", "Sign in", "enter")
    if signed_in:
        account = Place("/account/", "Me", "user")
    live = Place("/live/", "Live", "live")
    return [watch, live, Place("/studio/open/", "Publish", "plus"), account]


def _here(path: str, places: list[Place]) -> str:
    """Return the address of the place that a page belongs to: the nearest one above it."""
    path = next((home for part, home in _PARTS_OF.items() if path.startswith(part)), path)
    above = [place.url for place in places if path == place.url or _is_below(path, place.url)]
    return max(above, key=len, default="")


def _beside(here: str) -> list[Place]:
    """Return the places of the part of the desk in which a page is."""
    parts = (part.places for part in DESK if any(place.url == here for place in part.places))
    return next(parts, [])


def _is_below(path: str, url: str) -> bool:
    return url != "/" and path.startswith(url)
