"""One country's pool as one creator sees it: what was in it, and how it came to this amount."""

from dataclasses import dataclass
from fractions import Fraction

from takings.insights.rules.arithmetic import LineNumbers, music_steps, share_steps, zooms
from takings.insights.rules.earnings import CountryShare
from takings.insights.rules.exact import count, percent
from takings.insights.rules.reader import YOURS
from takings.insights.rules.trace import Part, Step, Zoom
from takings.insights.rules.words import place_words
from takings.money import Money, format_money

_APART = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Filled:
    """What filled a pool: ads seen, of so many campaigns; ``given_back`` of them, and why."""

    impressions: int
    campaigns: int
    given_back: tuple[tuple[str, int], ...] = ()

    @property
    def back(self) -> str:
        """How many of the ads were no person's, by reason; nothing where all were."""
        if not self.given_back:
            return ""
        total = sum(number for _, number in self.given_back)
        reasons = " ".join(f"{count(number)}: {said}" for said, number in self.given_back)
        said = "Paid back to advertisers, because no person looked"
        return f"{said}: {count(total)} of the ads. {reasons}"


@dataclass(frozen=True, slots=True)
class FinalPool:
    """A pool that was shared, and the creator's place in it."""

    share: CountryShare
    filled: Filled

    @property
    def place(self) -> str:
        """Where it is, as in a sentence."""
        return place_words(self.share.country)

    @property
    def sentence(self) -> str:
        """The whole way from all views to the amount, in real numbers."""
        pool, own = self.share.pool, self.share.own_views
        return (
            f"Of {count(pool.sharing)} counted views of creators who share in {self.place}, "
            f"{count(own)} {'was' if own == 1 else 'were'} yours: "
            f"{_part(own, pool.sharing)}. That part of the creators' pool of "
            f"{_exact(self.allocation)} is {_exact(self.part)}, and "
            f"{percent(pool.rule.creator_share.ratio)} of it is yours: {_exact(self.share.paid)}."
        )

    @property
    def allocation(self) -> Money:
        """The creators' pool, rounded down."""
        return Money(int(self.share.pool.allocation), self.share.paid.currency)

    @property
    def part(self) -> Money:
        """What the creator's views stand for in it, rounded down."""
        return Money(
            int(self.share.pool.creator_part(self.share.own_views)), self.share.paid.currency
        )

    @property
    def music(self) -> str:
        """What was done for music, and why."""
        rights, music = self.share.rights, self.music_views
        if not rights and not music:
            return "No video with music was watched, so the whole pool stayed together."
        return (
            f"{_exact(rights)} went to the rights holders of music before anybody's part. "
            f"{count(music)} of the views that share were of videos with music; whether yours "
            "were among them changes nothing for you."
        )

    @property
    def music_views(self) -> int:
        """How many views that share were of videos with a track."""
        return sum(views for tracks, views in self.share.pool.sharing_views.items() if tracks)

    @property
    def unshared(self) -> int:
        """How many counted views were of creators who do not share."""
        return self.share.pool.views - self.share.pool.sharing

    @property
    def parts(self) -> tuple[Part, ...]:
        """Where all of the pool went; the parts sum to it."""
        share = self.share
        others = share.pool.total - share.paid - share.rights - share.platform
        return (
            Part("You", share.paid, f"for {count(share.own_views)} views", tone="here"),
            Part("Other creators", others, "for all other views that share", tone="quiet"),
            Part("Rights holders of music", share.rights, "paid first", tone="quiet"),
            Part("Platform", share.platform, "the rest, with what nobody shares", tone="quiet"),
        )

    @property
    def zooms(self) -> tuple[Zoom, ...]:
        """The picture from the whole pool down to the creator's amount."""
        return zooms(self.share.pool, self._numbers, place=self.place, by=YOURS)[:3]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The arithmetic in exact fractions, and where the one rounding went."""
        pool = self.share.pool
        return (*music_steps(pool), *share_steps(pool, self._numbers, by=YOURS))

    @property
    def _numbers(self) -> LineNumbers:
        share = self.share
        return LineNumbers(share.own_views, share.paid, share.own_views, share.paid)


@dataclass(frozen=True, slots=True)
class EstimatedPool:
    """A pool that is still filling: what creators would get of it if the period closed now."""

    country: str
    filled: Filled
    total: Money
    creators: Money
    views: int
    own_views: int
    paid: Money

    @property
    def place(self) -> str:
        """Where it is, as in a sentence."""
        return place_words(self.country)

    @property
    def sentence(self) -> str:
        """The state of now, in real numbers."""
        own = self.own_views
        return (
            f"Of {count(self.views)} counted views of creators who share in {self.place} so far, "
            f"{count(own)} {'was' if own == 1 else 'were'} yours: {_part(own, self.views)}. "
            f"All creators together would get {_exact(self.creators)}, you {_exact(self.paid)}."
        )


def _part(own: int, whole: int) -> str:
    """Return a share to a hundredth of a percent: ``1.00 %``; ``…`` when it is cut."""
    hundredths = Fraction(own * 10_000, whole or 1)
    if hundredths < 1:
        return percent(Fraction(own, whole or 1)).replace(" ", _APART)
    cut = int(hundredths)
    dots = "" if cut == hundredths else "…"
    return f"{cut // 100:,}.{cut % 100:02}{dots}{_APART}%"


def _exact(amount: Money) -> str:
    return format_money(amount, exact=True)
