"""Every page of every role, on a phone and a desktop, in both themes, judged by axe-core."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings
from django.urls import Resolver404, URLResolver, get_resolver, resolve
from playwright.sync_api import BrowserContext, Page

from takings.people.models import User
from takings.web.context import DESK
from tests.make.browser import Look
from tests.make.hls import make_hls
from tests.web.cast import card_pages, make_people
from tests.web.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
APPS = (
    *("ads", "audience", "coins", "events", "fans", "gifts", "insights", "live", "memberships"),
    *("payments", "payouts", "requests", "sandbox", "shop", "sponsorships", "videos", "vouchers"),
)
AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """tags => axe.run({runOnly: tags}).then(({violations}) => violations.map(
    ({id, impact, nodes}) => `${id} (${impact}) ${nodes.map(({html}) => html).join(' ')}`))"""
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
DRAWN = "() => [...document.querySelectorAll('.island')].every(({children}) => children.length)"
LINKS = "links => links.map(link => link.getAttribute('href'))"
SEEDS = {
    "visitor": [
        "/",
        "/watching/",
        "/live/",
        "/verify/?number=S-7KQ4-M9ZT-3WXH&sha256=0",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/confirm-email/",
    ],
    "viewer": [
        *("/account/", "/accounts/email/", "/accounts/password/change/"),
        *("/", "/studio/open/", "/pass/", "/memberships/", "/coins/", "/gifts/", "/requests/"),
        *("/shop/", "/shop/cart/", "/shop/orders/"),
        "/accounts/logout/",
    ],
    "creator": [
        "/",
        "/studio/",
        "/studio/earnings/?period=2026-11",
        "/studio/terms/",
        "/memberships/studio/",
        "/gifts/received/",
        "/gifts/studio/",
        "/gifts/studio/fans/",
        "/gifts/studio/goals/",
        "/gifts/studio/rewards/",
        "/requests/studio/?show=all",
        "/ads/promote/",
        "/deals/studio/",
        "/vouchers/",
        "/shop/studio/",
        "/live/studio/",
    ],
    "payee": ["/studio/payouts/"],
    "brand": [
        "/payments/",
        "/payments/terms/",
        "/pass/",
        "/ads/",
        "/ads/invoices/",
        "/ads/brands/new/",
        "/deals/",
    ],
    "operator": [
        *(place.url for part in DESK for place in part.places),
        *("/desk/periods/2026-12/close/", "/desk/payouts/transfers/"),
        *("/payments/desk/refunds/", "/design/"),
    ],
}
NO_PAGES = {  # files to download, and what only answers to POST
    "ads:answer_invitation",
    "ads:change_member",
    "ads:copy_line_item",
    "ads:duplicate",
    "ads:fetch_again",
    "ads:pause_creative",
    "ads:pixel",
    "ads:report_conversion",
    "ads:reports_csv",
    "ads:resume_creative",
    "ads:try_tag_again",
    "ads:withdraw_invitation",
    "ads:change",  # its questions are one form each, like the close of a period
    "ads:change_line_item",  # the same
    "ads:change_promotion",
    "audience:follow",
    "gifts:block",
    "gifts:hide_name",
    "gifts:insights_csv",
    "gifts:insights_now",  # a part of the page of earnings
    "gifts:name_levels",
    "gifts:release",
    "gifts:retire",
    "gifts:stop_goal",
    "gifts:take_back",
    "gifts:thank",
    "gifts:undo",
    "gifts:welcome",
    "coins:age",
    "coins:answer_grant",
    "coins:buy",  # leads to the card page
    "coins:grant",
    "coins:hold",
    "coins:refund_minor",
    "coins:return_for",
    "coins:set_limit",
    "coins:wallet_csv",
    "insights:branch",  # a part of the tree of accounts, which is a page
    "insights:check_books",
    "live:act_on_line",
    "live:answer",
    "live:begin",
    "live:end",
    "live:lift",
    "live:remind",
    "live:say",
    "fans:archive",
    "fans:buy",  # leads to the card page
    "fans:cancel",
    "fans:change",
    "fans:members_csv",
    "fans:resume",
    "fans:rise",
    "memberships:buy",  # leads to the card page
    "memberships:cancel",
    "memberships:resume",
    "payments:back",  # leads to the payment
    "payments:go",  # leads to the card page
    "payments:webhook",
    "requests:act",
    "requests:decide",  # each is a form of the room
    "requests:deliver",
    "requests:quote",
    "requests:rate",
    "requests:switch",
    "requests:write",
    "sandbox:cancel",
    "shop:answer",
    "shop:cancel",
    "shop:cancel_sold",
    "shop:click",  # leads to the goods
    "shop:confirm",
    "shop:contest",
    "shop:decide",
    "shop:download",
    "shop:keys",
    "shop:offer",
    "shop:put",
    "shop:review",
    "shop:review_line",
    "shop:send_back",
    "shop:set_picture",
    "shop:ship",
    "shop:stop_code",
    "shop:variant",
    "payouts:ask",
    "payouts:back",  # leads to the payouts
    "payouts:claim",
    "payouts:download",
    "payouts:go",  # leads to the provider's pages
    "payouts:keep",
    "payouts:open_document",
    "payouts:report",
    "payouts:webhook",
    "sponsorships:decide",
    "sponsorships:fees_csv",
    "sponsorships:rate",
    "sponsorships:step",
    "videos:again",
    "videos:captions",
    "videos:for_members",
    "videos:disclose",
    "videos:remove",
    "videos:remove_captions",
    "vouchers:answer",
    "vouchers:report",
    "vouchers:withdraw",
}


@pytest.fixture
def people(tmp_path: Path, transactional_db: None) -> Iterator[dict[str, User | None]]:  # noqa: ARG001 - must be there first
    """Let a closed month and a running one lie behind six people who look."""
    with make_people(tmp_path) as made:
        yield made


@dataclass
class Walk:
    """Follows links to one page of each kind and keeps what is wrong with it."""

    seen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def go(self, page: Page, todo: list[str]) -> None:
        """Look at these addresses and at every new kind of page that they lead to."""
        waiting = list(todo)
        while waiting:
            address = waiting.pop(0)
            self.seen.add(kind_of(address))
            self._look(page, address)
            for link in cast("list[str]", page.eval_on_selector_all("main a[href]", LINKS)):
                kind = kind_of(link)
                if kind.partition(":")[0] in APPS and kind not in self.seen | NO_PAGES:
                    self.seen.add(kind)
                    waiting.append(link)

    def _look(self, page: Page, address: str) -> None:
        page.goto(address)
        page.wait_for_function(DRAWN)
        self.wrong += [f"{address}: {one}" for one in page.evaluate(JUDGE, TAGS)]
        if page.evaluate(TOO_WIDE):
            self.wrong.append(f"{address}: wider than the window")


def kind_of(address: str) -> str:
    """Return the name of the route, such as ``insights:trace_line``; nothing for files."""
    path = address.partition("?")[0]
    try:
        return "" if is_file(path) else resolve(path).view_name
    except Resolver404:
        return ""


def is_file(path: str) -> bool:
    """Tell whether a path, or a route's pattern, is that of something to download."""
    return "." in path.rpartition("/")[2]


def pages_of(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """Yield the names of our apps' routes."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from pages_of(one, one.namespace or space)
        elif space in APPS and not is_file(str(one.pattern)):
            yield f"{space}:{one.name}"


@pytest.mark.no_cover
@pytest.mark.parametrize(("phone", "theme"), [(True, "dark"), (False, "light")])
def test_every_page_is_accessible_fits_and_is_silent(
    look: Look, people: dict[str, User | None], tmp_path: Path, *, phone: bool, theme: str
) -> None:
    stage = Stage(look=look, clip=make_hls(tmp_path))
    walk = Walk()
    for role, user in people.items():
        context: BrowserContext = look.context(phone=phone, theme=theme, user=user)
        stage.connect(context)
        context.add_init_script(path=AXE)
        walk.go(look.page(context), SEEDS[role] + card_pages(role))
        context.close()
    assert walk.wrong == []
    assert set(pages_of(get_resolver())) - NO_PAGES <= walk.seen
