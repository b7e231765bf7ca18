"""Tables of people."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin, UserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from typing_extensions import override


class Accounts(UserManager["User"]):
    """Lets Django find a person by e-mail; people are made by ``actions.sign_up``."""


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. ``country`` is ISO 3166-1 alpha-2.

    Until ``ad_free_until`` (exclusive) no ad is shown to them; empty, and they see ads.
    ``has_ads_by_age``: their age group may be used to choose ads, until they say otherwise.
    ``region`` is ISO 3166-2, which they stated for that; empty, and none is used.
    """

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    viewer_id = models.UUIDField(unique=True, editable=False)
    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    time_zone = models.CharField(max_length=64, default="UTC")
    born_on = models.DateField(null=True, blank=True)
    has_ads_by_age = models.BooleanField(default=False)
    region = models.CharField(max_length=6, blank=True, default="")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    ad_free_until = models.DateTimeField(null=True, blank=True)

    objects = Accounts()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="email_is_unique_whatever_the_case"),
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="country_is_iso_3166"
            ),
            models.CheckConstraint(
                condition=Q(region="") | Q(region__startswith=F("country")),
                name="region_is_of_the_country",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name others see."""
        return self.display_name


class Creator(models.Model):
    """Someone's public channel. ``shares_from`` is when the pool terms were accepted."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="creator")
    handle = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    bio = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    shares_from = models.DateTimeField(null=True, blank=True)

    @override
    def __str__(self) -> str:
        """Show the handle."""
        return f"@{self.handle}"


class Brand(models.Model):
    """A company that advertises or hires; ``members`` may act for it."""

    name = models.CharField(max_length=80, unique=True)
    website = models.URLField()
    members = models.ManyToManyField(User, through="people.Membership", related_name="brands")
    opened_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class Role(models.TextChoices):
    """What a member may do for a brand; each may do all that the next one may."""

    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"
    VIEWER = "viewer", "Viewer"


class Membership(models.Model):
    """A person who may act for a brand, as far as the role goes."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role, default=Role.OWNER)

    class Meta:
        """The table in which members have always been."""

        db_table = "people_brand_members"
        unique_together: ClassVar = [("brand", "user")]

    @override
    def __str__(self) -> str:
        """Show who may do what."""
        return f"{self.user}, {self.get_role_display()} of {self.brand}"


class Invitation(models.Model):
    """Somebody with this e-mail address may join a brand; answered once, or withdrawn."""

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=6, choices=Role)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    answer = models.CharField(max_length=9, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "email"],
                condition=Q(answer=""),
                name="one_open_invitation_an_address",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(
                    answer__in=["accepted", "declined", "withdrawn"],
                    answered_at__isnull=False,
                ),
                name="an_invitation_is_answered_wholly",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who is invited where."""
        return f"{self.email} to {self.brand}"


class MemberStep(models.Model):
    """What somebody became in a brand (a role, or ``removed``), by whom, when. Never changed."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="member_steps")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    became = models.CharField(max_length=7)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show who became what."""
        return f"{self.user} → {self.became}"


class StaffAct(models.Model):
    """One act of an operator: who, what, on what, why, when. Never changed.

    ``operator`` is empty when whoever runs the machine acted, at its command line.
    """

    operator = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="staff_acts", null=True
    )
    act = models.CharField(max_length=64)
    target = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    acted_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show who did what."""
        return f"{self.operator or 'the machine'} {self.act} {self.target}"


class Proposal(models.Model):
    """What one operator proposes and another one answers, once. The id is the caller's."""

    id = models.UUIDField(primary_key=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    is_approved = models.BooleanField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        """No table of its own."""

        abstract = True


def four_eyes(*, another: str, whole: str) -> list[models.CheckConstraint]:
    """Return the laws of a proposal under these names: somebody else answers, and wholly."""
    parts = ("is_approved", "answered_by", "answered_at")
    waits = Q(**{f"{part}__isnull": True for part in parts})
    is_answered = Q(**{f"{part}__isnull": False for part in parts})
    return [
        models.CheckConstraint(
            condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("proposed_by")), name=another
        ),
        models.CheckConstraint(condition=waits | is_answered, name=whole),
    ]
