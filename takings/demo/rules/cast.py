"""Who lives in the demo world: six creators, forty viewers, a brand's member, two operators.

All names are invented. Addresses end in ``.example``, which no mail server owns (RFC 2606).
"""

from dataclasses import dataclass

PASSWORD = "follow-the-cent"  # noqa: S105 - demo mode only, and printed on its sign-in page
DOMAIN = "takings.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account."""

    key: str
    name: str
    country: str
    time_zone: str = "UTC"

    @property
    def email(self) -> str:
        """The address they sign in with."""
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel; its creator accepts the pool terms ``shares_after_days`` days into last month."""

    person: Person
    handle: str
    bio: str
    shares_after_days: int = 0


@dataclass(frozen=True, slots=True)
class Login:
    """A way in, one for each role; ``landing`` is the page to see first."""

    role: str
    name: str
    email: str
    password: str
    landing: str


OPERATOR = Person("operator", "Noor Haddad", "GB", "Europe/London")
SECOND = Person("finance", "Pavel Novák", "CZ", "Europe/Prague")  # money that leaves needs two
ADVERTISER = Person("brand", "Elin Strand", "DE", "Europe/Berlin")
FAN = Person("viewer", "Jonas Keller", "DE", "Europe/Berlin")
MEMBER = Person("viewer-de-1", "Lena Vogt", "DE")  # who pays for watching without ads
BRAND_NAME, BRAND_WEBSITE = "Northwind Tea", "https://northwind-tea.example"

CHANNELS = (
    Channel(
        Person("creator", "Mara Lindqvist", "DE", "Europe/Berlin"),
        "mara-lights",
        "Light, thread and gravity. New loops on Fridays.",
    ),
    Channel(
        Person("kenji", "Kenji Watanabe", "JP", "Asia/Tokyo"),
        "paper-kenji",
        "紙 · Paper landscapes, folded by arithmetic.",
    ),
    Channel(
        Person("luisa", "Luísa Moreira", "BR", "America/Sao_Paulo"),
        "luisa-mar",
        "Água, coral e calma. Marine biologist who draws equations.",
    ),
    Channel(
        Person("adaeze", "Adaeze Okafor", "GB", "Europe/London"),
        "adaeze-moves",
        "Rhythm you can see. Drummer, gardener, counter of petals.",
    ),
    Channel(
        Person("tomasz", "Tomasz Zieliński", "US", "America/New_York"),
        "night-line",
        "Last train home, every night. Joined the pool late; learned to read terms.",
        shares_after_days=11,
    ),
    Channel(
        Person("priya", "Priya Raman", "IN", "Asia/Kolkata"),
        "op-priya",
        "Op art and warm things that move slowly.",
    ),
)

_VIEWERS = {
    "US": "Ava Brooks|Miles Carter|Zoe Hernandez|Caleb Nguyen|Ruth Goldberg|Theo Jackson"
    "|Imani Lewis|Owen Park|Sofia Ramirez|Grace Miller|Eli Turner",
    "DE": "Lena Vogt|Emre Yılmaz|Paula Brandt|Finn Schreiber|Greta Hoffmann"
    "|Malik Sommer|Ida Krüger",
    "BR": "Thiago Alves|Beatriz Nunes|Rafael Pinto|Camila Duarte|João Ferraz|Yara Campos",
    "JP": "Haruka Sato|Ren Kobayashi|Yui Nakamura|Daichi Mori|Aoi Fujita",
    "IN": "Ananya Iyer|Rohan Mehta|Kavya Nair|Arjun Singh|Diya Kulkarni|Farhan Qureshi",
    "GB": "Isla Whitfield|Callum Reid|Amara Osei|Nia Pritchard",
}
VIEWERS = (
    FAN,
    *(
        Person(f"viewer-{country.lower()}-{number}", name, country)
        for country, names in _VIEWERS.items()
        for number, name in enumerate(names.split("|"), start=1)
    ),
)


def logins() -> list[Login]:
    """Return one login for each role, a paying viewer's and the second operator's."""
    ways = (
        ("Viewer", FAN, "/"),
        ("Member", MEMBER, "/pass/"),
        ("Creator", CHANNELS[0].person, "/studio/"),
        ("Brand", ADVERTISER, "/ads/"),
        ("Operator", OPERATOR, "/desk/"),
        ("Second operator", SECOND, "/desk/"),
    )
    return [
        Login(role, person.name, person.email, PASSWORD, landing) for role, person, landing in ways
    ]
