"""Bugs of other platforms about coins, tips and refunds; each number is the bug's in the list.

The others are laws beside what they are about, as ``test_peer_bug_…``: 1, 2, 3, 7 (many at once),
15 (sending), 17, 19, 21 (taking back), 23 (fans); 6 and 18 with the coins; all of money in general
with the ledger, the payments and the payouts.
"""

import asyncio
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from takings.coins.actions import Grant, NotSoMany, propose_grant
from takings.coins.models import CoinLot
from takings.core import clock
from takings.gifts.models import Gift
from takings.gifts.rules.catalogue import BadGiftKind
from takings.ledger.queries import balance, check_books, entry
from takings.money import Money
from takings.payments.actions import record_facts
from takings.payments.models import Payment
from takings.payments.rules import Answer, Fact, FactKind
from takings.people.models import User
from tests.gifts.test_edge import all_of, told
from tests.make.coins import bought, euros, make_fan, ordered
from tests.make.gifts import coins, give, make_gift_kind
from tests.make.ledger import all_balances
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.settlement import Act

KINDS = ("coins", "bonus_coins")
pytestmark = pytest.mark.django_db(transaction=True)


def test_peer_bug_4_no_coins_below_zero_are_given_sold_or_kept(ada: Act, vera: User) -> None:
    """A bounty: a quantity of -1000 minted 60,000."""
    before = all_balances()
    for count in (-1_000, 0):
        with pytest.raises(BadGiftKind):
            make_gift_kind(count, slug="rose")
        grant = Grant(uuid4(), vera, coins(count), "A fault.")
        with pytest.raises(NotSoMany):
            propose_grant(operator=make_operator(), grant=grant, at=clock.now())
    for field in ("left_micros", "spent_micros", "coins_micros"):
        with pytest.raises(IntegrityError), transaction.atomic():
            CoinLot.objects.filter(is_bonus=False).update(**{field: -1_000})
    assert all_balances() == before
    assert ada.creator.pk


def test_peer_bug_5_from_the_page_the_player_or_a_call_the_entry_is_the_same(
    client: Client, ada: Act, vera: User
) -> None:
    """BoTTube: the web route ignored the collaborator split."""
    kind, others = make_gift_kind(180), [make_fan("Wim"), make_fan("Uwe")]
    for one in others:
        bought(one)
    client.force_login(vera)
    client.post(f"/gifts/for/{ada.video_id}/", {"id": str(uuid4()), "kind": kind.slug})
    [(status, _)] = asyncio.run(all_of(told(others[0], ada, kind.slug)))
    give(others[1], ada, kind)
    posted = [_shape(gift, ada) for gift in Gift.objects.order_by("sent_at", "pk")]
    assert (status, len(posted)) == (200, 3)
    assert posted[0] == posted[1] == posted[2]
    assert len(posted[0]) == 4  # bonus coins, bought coins, the creator's half, and ours


def _shape(gift: Gift, act: Act) -> list[tuple[str, str, int]]:
    """Return an entry without whose coins of which purchase they were."""
    [lot] = CoinLot.objects.filter(wallet_id=gift.sender_id, is_bonus=False)

    def plain(account: str) -> str:
        return account.replace(str(lot.pk), "lot").replace(f":{gift.sender_id}:", ":fan:")

    assert gift.creator_id == act.creator.pk
    moves = entry(id=gift.entry_id).transfers
    return sorted((plain(one.debit), plain(one.credit), one.amount.micros) for one in moves)


def heard(payment: Payment, *kinds: str) -> None:
    """Hear facts of the whole of a payment, each once more in the end."""
    for kind in (*kinds, *kinds):
        about = "d" if "dispute" in kind else kind
        told = Fact(FactKind(kind), about, payment.amount, euros("0"), clock.now())
        answer = Answer(ref=payment.ref, facts=(told,))
        record_facts(payment_id=payment.pk, answer=answer, at=clock.now())


def test_peer_bugs_9_and_13_told_in_any_order_and_twice_a_purchase_ends_the_same(
    time: Time,
) -> None:
    """Gumroad raised balances twice; Lago doubled a credit: succeeded, failed, void."""
    vera = make_fan()
    payment = ordered(vera)
    for order in permutations(("succeeded", "disputed", "dispute_won")):
        with transaction.atomic():
            heard(payment, *order)
            assert _coins_of(vera) == [coins(1_000), coins(80)]
            waits = balance(name=f"coins:liability:{payment.pk}", currency="EUR")
            assert waits == euros("10")
            assert check_books() == []
            transaction.set_rollback(True)
    assert time.now.year == 2027


def test_peer_bug_10_coins_of_a_refund_and_a_dispute_go_once(time: Time) -> None:
    """Gumroad: a dispute and then a refund were deducted twice."""
    vera = make_fan()
    payment = ordered(vera)
    for order in permutations(("succeeded", "refunded", "disputed")):
        with transaction.atomic():
            heard(payment, *order)
            assert _coins_of(vera) == [coins(0), coins(0)]
            assert {lot.left_micros for lot in CoinLot.objects.all()} <= {0}
            assert balance(name="coins:issued", currency="COIN") == coins(0)
            waits = balance(name=f"coins:liability:{payment.pk}", currency="EUR")
            assert waits == euros("0")
            assert check_books() == []
            transaction.set_rollback(True)
    assert time.now.year == 2027


def _coins_of(user: User) -> list[Money]:
    return [balance(name=f"viewer:{user.pk}:{one}", currency="COIN") for one in KINDS]
