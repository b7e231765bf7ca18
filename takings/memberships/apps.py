"""Tells Django that this app exists, payments what it sells, and the books what to check."""

from django.apps import AppConfig
from typing_extensions import override


class MembershipsConfig(AppConfig):
    """The ``memberships`` app."""

    name = "takings.memberships"
    label = "memberships"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        """Take card payments; tell the books what to check, and others who sees no ads."""
        from takings.ledger.queries import register_check  # noqa: PLC0415 - models load first
        from takings.live.queries.badges import register_badges  # noqa: PLC0415 - the same
        from takings.memberships.actions import PassByCard  # noqa: PLC0415 - the same
        from takings.memberships.actions.fans import (  # noqa: PLC0415 - the same
            MembershipByCard,
            unearn_membership,
        )
        from takings.memberships.queries.ad_free import (  # noqa: PLC0415 - the same
            ad_free_days,
            ended_early,
        )
        from takings.memberships.queries.checks import CHECKS  # noqa: PLC0415 - the same
        from takings.memberships.queries.fans import checks as fans  # noqa: PLC0415 - the same
        from takings.memberships.queries.fans.members import (  # noqa: PLC0415 - the same
            MembersOfCreators,
            member_badges,
        )
        from takings.payments.queries import (  # noqa: PLC0415 - the same
            register_purpose,
            register_unearn,
        )
        from takings.people.queries import register_ended_early  # noqa: PLC0415 - the same
        from takings.settlement.queries import register_ad_free  # noqa: PLC0415 - the same
        from takings.videos.queries import register_members  # noqa: PLC0415 - the same

        register_purpose(PassByCard())
        register_purpose(MembershipByCard())
        register_unearn(MembershipByCard.name, unearn_membership)
        register_badges(member_badges)
        register_members(MembersOfCreators())
        register_ad_free(ad_free_days)
        register_ended_early(ended_early)
        for check in (*CHECKS, *fans.CHECKS):
            register_check(check)
