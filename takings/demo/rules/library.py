"""What is on in the demo world: posts, their music, campaigns; amounts in whole micro-dollars."""

from dataclasses import dataclass

from takings.demo.rules.clips.lengths import SECONDS


@dataclass(frozen=True, slots=True)
class Music:
    """A piece of music and the holder of its rights."""

    title: str
    artist: str
    holder: str


@dataclass(frozen=True, slots=True)
class Post:
    """A clip as it was published: by whom, with which music, ``day`` days into last month.

    ``draw`` is how much it is watched, relative to the others (Zipf: the n-th about 1/n).
    """

    clip: str
    handle: str
    title: str
    description: str
    music: tuple[str, ...]
    day: int
    draw: float
    category: str = ""

    @property
    def duration_ms(self) -> int:
        """How long the clip is; the probe finds the same when the file is there."""
        return SECONDS[self.clip] * 1000


@dataclass(frozen=True, slots=True)
class Spot:
    """A campaign of the brand; ``day`` as in :class:`Post`. No countries: everywhere."""

    clip: str
    name: str
    headline: str
    call_to_action: str
    landing_url: str
    cpm_micros: int
    budget_micros: int
    countries: tuple[str, ...]
    day: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An ad that the brand handed in: ``clip`` is its video, ``campaign`` the clip of its spot."""

    clip: str
    campaign: str
    headline: str
    call_to_action: str
    landing_url: str


MUSIC = (
    Music("Harbour Lights", "The Cranes", "north-records"),
    Music("Slow Orbit", "Vela", "vela-music"),
    Music("Saltwater", "Ondina", "north-records"),
    Music("Night Bus", "Karo & the Rails", "lotus-publishing"),
)

POSTS = (
    Post("dunes", "paper-kenji", "Paper dunes at dusk", "Seven sheets, one sun. 紙の砂丘。",
         ("Harbour Lights",), 0, 1.00, "IAB9"),
    Post("ribbons", "mara-lights", "132 threads, one slow breath",
         "Three bundles of thread; the light is only where they turn.", (), 1, 0.86, "IAB1"),
    Post("bloom", "adaeze-moves", "1,500 petals keep time",
         "Each one sits at the golden angle. Watch the waves, not the dots.",
         ("Saltwater", "Harbour Lights"), 2, 0.62, "IAB1"),
    Post("pendulums", "mara-lights", "Thirteen pendulums fall out of step",
         "The slowest swings four times, the fastest sixteen. They meet again.", (), 0, 0.50,
         "IAB15"),
    Post("lava", "op-priya", "Lava, slowly",
         "Do nothing for six seconds.", ("Slow Orbit",), 3, 0.41),
    Post("dusk", "night-line", "Last train before the lights go out",
         "Window seat, left side.", ("Night Bus",), 1, 0.35, "IAB20"),
    Post("coral", "luisa-mar", "A reef grows in six seconds",
         "Two chemicals feed on each other. That is all a reef needs.", ("Saltwater",), 4, 0.30,
         "IAB15"),
    Post("bounce", "adaeze-moves", "5 : 6 : 7 : 8 : 9",
         "Five balls, five meters, one downbeat. Count with me.", (), 6, 0.27, "IAB1-6"),
    Post("warp", "night-line", "Home is the bright one", "", ("Slow Orbit",), 8, 0.24),
    Post("rain", "luisa-mar", "Blue hour, light rain",
         "Every drop you see is a note you hear.", (), 9, 0.20),
    Post("origami", "paper-kenji", "The sheet breathes", "Fold, unfold. 折り紙。", (), 12, 0.17,
         "IAB9"),
    Post("moire", "op-priya", "Neither circle moves like that",
         "Two still patterns. The movement is yours.", (), 15, 0.15),
)  # fmt: skip

SPOTS = (
    Spot("steep", "Evening blend", "A quiet cup, sent by post", "Find your blend",
         "https://northwind-tea.example/evening", 4_250_000, 300_000_000, (), 0),
    Spot("leaves", "First flush", "First flush is here", "Order the tin",
         "https://northwind-tea.example/first-flush", 18_000_000, 400_000_000,
         ("US", "GB", "JP"), 4),
)  # fmt: skip

WAITING = Waiting("leaves", "steep", "Two teas, one evening", "Try both",
                  "https://northwind-tea.example/two-teas")  # fmt: skip

DEPOSITS_MICROS = (500_000_000, 250_000_000)  # at the start of last month, and of this one
