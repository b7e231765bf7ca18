"""Codes of shops, to whom each was given, and which did not work. Codes are encrypted.

Amounts are micro-units of ``currency``; days are UTC. What was loaded and given never changes.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.people.models import Proposal, four_eyes
from takings.vouchers.rules.files import shop_slug


class VoucherKind(models.Model):
    """What vouchers have in common: what they are worth where, and what they take of earnings.

    The id follows from the content. ``countries`` are apart by spaces; none means everywhere.
    """

    id = models.UUIDField(primary_key=True)
    shop = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    value_micros = models.BigIntegerField()
    price_micros = models.BigIntegerField()
    countries = models.CharField(max_length=400, blank=True)
    terms_url = models.CharField(max_length=300)
    expires_on = models.DateField()

    class Meta:
        """Database laws, and the order on pages."""

        ordering: ClassVar = ["shop", "currency", "value_micros", "expires_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(value_micros__gt=0, price_micros__gt=0),
                name="a_voucher_is_worth_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is worth where."""
        return f"{self.value_micros} {self.currency} at {self.shop}"

    @property
    def value(self) -> Money:
        """What the shop takes it for."""
        return Money(self.value_micros, self.currency)

    @property
    def price(self) -> Money:
        """What it takes of earnings."""
        return Money(self.price_micros, self.currency)

    @property
    def account(self) -> str:
        """The account of what is due to the shop."""
        return f"vouchers:{shop_slug(self.shop)}"


class Load(models.Model):
    """A file of codes that an operator loaded; the id is the caller's."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    code_count = models.PositiveIntegerField()
    loaded_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-loaded_at", "pk"]

    @override
    def __str__(self) -> str:
        """Show the file."""
        return self.name


class Withdrawal(models.Model):
    """The codes of a file that nobody has yet are given to nobody any more."""

    load = models.OneToOneField(
        Load, on_delete=models.PROTECT, primary_key=True, related_name="withdrawal"
    )
    reason = models.CharField(max_length=200)
    withdrawn_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="codes_are_withdrawn_for_a_reason")
        ]

    @override
    def __str__(self) -> str:
        """Show of what and why."""
        return f"{self.load_id}: {self.reason}"


class Voucher(models.Model):
    """One code, encrypted; ``tail`` is its end, by which operators and creators name it.

    ``fingerprint`` tells equal codes of a shop from others without telling them.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.ForeignKey(VoucherKind, on_delete=models.PROTECT, related_name="vouchers")
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="vouchers")
    sealed = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)
    tail = models.CharField(max_length=3)

    @override
    def __str__(self) -> str:
        """Show its end."""
        return f"…{self.tail}"


class Handout(models.Model):
    """A code and the exchange for which its creator got it; the newest of an exchange is theirs.

    ``replaces`` is one that did not work.
    """

    voucher = models.OneToOneField(
        Voucher, on_delete=models.PROTECT, primary_key=True, related_name="handout"
    )
    exchange = models.ForeignKey(
        "settlement.Exchange", on_delete=models.PROTECT, related_name="handouts"
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    given_at = models.DateTimeField()

    class Meta:
        """Database laws; a code is one creator's by its primary key."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exchange"],
                condition=Q(replaces__isnull=True),
                name="an_exchange_gives_one_voucher",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("voucher")),
                name="a_voucher_replaces_another_one",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show for what."""
        return f"{self.voucher_id} for {self.exchange_id}"


class Fault(Proposal):
    """A creator says that a code does not work; an operator, who is another person, answers.

    If they agree, either another code replaces it or the exchange is undone.
    """

    handout = models.OneToOneField(Handout, on_delete=models.PROTECT, related_name="fault")
    said = models.CharField(max_length=300)

    class Meta:
        """Database laws; that it is answered once is in migration 0001_vouchers."""

        ordering: ClassVar = ["proposed_at", "pk"]
        constraints: ClassVar = [
            *four_eyes(
                another="another_person_answers_a_fault", whole="an_answer_to_a_fault_is_whole"
            ),
            models.CheckConstraint(condition=~Q(said=""), name="a_fault_says_what_is_wrong"),
        ]

    @override
    def __str__(self) -> str:
        """Show what is wrong."""
        return self.said
