"""The shop through the front door: a seller, a buyer who cancels and returns, and an operator."""

import csv
import html
import io
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from takings.ledger.queries import check_books
from takings.payments.models import Payment
from takings.payments.queries import evidence_lines
from takings.people.models import User
from takings.shop.models import CartLine, Order, Parcel, Product, Return, Variant
from takings.shop.queries.orders import waiting_in
from takings.shop.rules.catalogue import Kind
from tests.make.pages import Answer
from tests.make.payments import asked, pay
from tests.make.people import make_creator, make_operator, make_user
from tests.make.settlement import make_act
from tests.make.shop import (
    BORN_ON,
    bought,
    euros,
    make_followers,
    make_goods,
    make_seller,
    picture,
    shipped,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("time")]


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return words_of(answer)


def send(client: Client, path: str, **said: object) -> str:
    """Send a form and return the page it leads to."""
    answer = client.post(path, said, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return words_of(answer)


def refused(client: Client, path: str, **said: object) -> str:
    answer = client.post(path, said)
    assert answer.status_code == 422
    return words_of(answer)


def words_of(answer: Answer) -> str:
    plain = re.sub(r"<[^>]+>", "", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", plain))


def ordered(client: Client, user: User, variant: Variant, *, count: int = 1) -> Order:
    """Order by the pages, and pay at the sandbox."""
    assert "is in your cart" in send(client, "/shop/cart/put/", variant=variant.pk, quantity=count)
    page = client.get("/shop/cart/physical/EUR/?country=DE")
    context = page.context
    said = {
        "id": context["order_id"],
        "shown": context["basket"].total.micros,
        "terms": context["terms"],
        "country": "DE",
        "name": user.display_name,
        "address": "Hafenstraße 1\n20457 Hamburg",
    }
    for wrong in ("", "all of it", "1", "9" * 30):
        assert "Meanwhile it costs" in words_of(
            client.post("/shop/cart/physical/EUR/", said | {"shown": wrong})
        )
    answer = client.post("/shop/cart/physical/EUR/", said)
    assert answer.status_code == 302
    payment = Payment.objects.get(pk=context["order_id"])
    pay(payment)
    asked(payment)
    return Order.objects.get(pk=payment.pk)


def test_a_seller_opens_a_shop_and_an_operator_puts_goods_on_sale() -> None:
    ada = make_creator()
    client = as_user(ada.user)
    assert client.get("/shop/studio/").headers["Location"] == "/shop/studio/shop/"
    shop = {"currency": "EUR", "country": "DE", "trader": "Ada, Hamburg", "home": "3.90"}
    assert "from 18 years on" in refused(client, "/shop/studio/shop/", **shop)
    shop["born_on"] = BORN_ON.isoformat()
    assert "Your shop is open" in send(client, "/shop/studio/shop/", **shop)
    assert "born" not in text(client, "/shop/studio/shop/")
    words = {"title": "Shirt", "about": "Soft", "kind": "physical", "affiliate": "10"}
    wrong = refused(client, "/shop/studio/goods/new/", **words | {"affiliate": "60"})
    assert "at most 50 % of a sale" in wrong
    assert "Now give it a price" in send(client, "/shop/studio/goods/new/", **words)
    product = Product.objects.get()
    home = f"/shop/studio/goods/{product.pk}/"
    assert "Give it at least one variant" in send(client, f"{home}offer/")
    form = client.get(home).context["variant_form"]
    given = {"id": form.initial["id"], "name": "M", "sku": "T-M", "price": "25.85", "stock": "3"}
    assert "A price is above zero" in refused(client, f"{home}variant/", **given | {"price": "0"})
    assert "Saved" in send(client, f"{home}variant/", **given)
    assert "no picture we can read" in refused(
        client, f"{home}picture/", picture=SimpleUploadedFile("a.png", b"no picture")
    )
    shown = SimpleUploadedFile("a.png", picture())
    assert "A new picture" in send(client, f"{home}picture/", picture=shown)
    assert "An operator looks at it" in send(client, f"{home}offer/")
    assert Client().get(f"/shop/goods/{product.pk}/").status_code == 404
    desk = as_user(make_operator())
    assert "Shirt" in text(desk, "/shop/desk/")
    assert "Write why" in send(desk, f"/shop/desk/goods/{product.pk}/", reason="")
    assert "is on sale" in send(desk, f"/shop/desk/goods/{product.pk}/", accept="1")
    page = text(Client(), f"/shop/goods/{product.pk}/")
    assert "€25.85" in page
    assert "Sign in to buy it" in page
    product.refresh_from_db()
    seen = Client().get(f"/shop/pictures/{product.picture}.webp")
    assert seen.headers["Content-Type"] == "image/webp"
    assert "Shirt" in text(Client(), f"/shop/@{ada.handle}/")
    assert "Declined" in send(desk, f"/shop/desk/goods/{product.pk}/", reason="A copied brand")
    assert "A copied brand" in text(client, home)


def test_a_buyer_orders_cancels_and_sends_back_and_the_seller_answers() -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada, "10")
    buyer, seller = as_user(vera), as_user(ada.user)
    assert "nothing in your cart" in text(buyer, "/shop/cart/")
    assert "others buy them" in send(seller, "/shop/cart/put/", variant=shirt.pk, quantity=1)
    first = ordered(buyer, vera, shirt)
    assert CartLine.objects.count() == 0
    assert str(first) in text(buyer, "/shop/orders/")
    parcel = first.parcels.get()
    assert "It is cancelled" in send(buyer, f"/shop/orders/parcels/{parcel.pk}/cancel/")
    asked(Payment.objects.get(pk=first.pk))
    assert not waiting_in(first)
    order = ordered(buyer, vera, shirt, count=2)
    parcel = order.parcels.get()
    assert "Hamburg" in text(seller, f"/shop/studio/parcels/{parcel.pk}/")
    ship = f"/shop/studio/parcels/{parcel.pk}/ship/"
    assert "Name the carrier" in send(seller, ship, carrier="", tracking="")
    assert "on its way" in send(seller, ship, carrier="DHL", tracking="0034")
    assert "0034" in text(buyer, f"/shop/orders/{order.pk}/")
    assert "may still send it back" in send(buyer, f"/shop/orders/parcels/{parcel.pk}/here/")
    line = parcel.lines.order_by("pk")[0]
    back = {f"line-{line.pk}": 1, "reason": "Too small"}
    assert "The seller is asked" in send(buyer, f"/shop/orders/parcels/{parcel.pk}/back/", **back)
    one = Return.objects.get(parcel=parcel)
    answer = f"/shop/studio/returns/{one.pk}/"
    assert "Write why" in send(seller, answer, reason="")
    assert "may ask an operator" in send(seller, answer, reason="It was worn")
    assert "It was worn" in text(buyer, f"/shop/orders/{order.pk}/")
    assert "An operator looks" in send(buyer, f"/shop/orders/returns/{one.pk}/")
    desk = as_user(make_operator())
    assert "It was worn" in text(desk, "/shop/desk/")
    assert "answered already" in send(buyer, f"/shop/orders/returns/{one.pk}/")
    decide = f"/shop/desk/returns/{one.pk}/"
    assert "The buyer gets it back" in send(desk, decide, agree="1", reason="It was too small")
    assert "It was too small" in text(desk, f"/shop/desk/parcels/{parcel.pk}/")
    payment = asked(Payment.objects.get(pk=order.pk))
    assert payment.status == "partly_refunded"
    review = f"/shop/orders/lines/{line.pk}/review/"
    assert "Choose one to five stars" in send(buyer, review, stars=6)
    assert "Thank you" in send(buyer, review, stars=4, words="Soft indeed")
    said = text(Client(), f"/shop/goods/{shirt.product_id}/")
    assert "4.0 of 5 stars, 1 review" in said
    assert "Soft indeed" in said
    for stranger in (as_user(ada.user), as_user(make_seller("Eve").user)):
        assert stranger.get(f"/shop/orders/{order.pk}/").status_code == 404
        if stranger.get(f"/shop/studio/parcels/{parcel.pk}/").status_code == 200:
            continue  # she sends it
        assert stranger.get(f"/shop/studio/parcels/{parcel.pk}/").status_code == 404
        assert stranger.post(answer, {"agree": "1"}).status_code == 404
        assert stranger.post(review, {"stars": "1"}).status_code == 404
    assert check_books() == []


def test_the_seller_may_cancel_or_agree_and_the_buyer_may_keep_it() -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada, "10")
    buyer, seller = as_user(vera), as_user(ada.user)
    parcel = bought(vera, (shirt, 1)).parcels.get()
    cancel = f"/shop/studio/parcels/{parcel.pk}/cancel/"
    assert "Write why" in send(seller, cancel, reason="")
    assert "gets all of it back" in send(seller, cancel, reason="Moths")
    order = bought(vera, (shirt, 1))
    [parcel] = shipped(order)
    send(buyer, f"/shop/orders/parcels/{parcel.pk}/here/")
    line = parcel.lines.order_by("pk")[0]
    ask = f"/shop/orders/parcels/{parcel.pk}/back/"
    send(buyer, ask, **{f"line-{line.pk}": 1, "reason": "No", "id": "not one"})
    one = Return.objects.get(parcel=parcel)
    assert "You keep it" in send(buyer, f"/shop/orders/returns/{one.pk}/", keep="1")
    send(buyer, ask, **{f"line-{line.pk}": 1, "reason": "Yes"})
    two = Return.objects.exclude(pk=one.pk).get(parcel=parcel)
    assert "Agreed" in send(seller, f"/shop/studio/returns/{two.pk}/", agree="1")
    desk, refuse = as_user(make_operator()), f"/shop/desk/returns/{two.pk}/"
    assert "answered already" in send(desk, refuse, reason="No")
    assert check_books() == []


def test_what_is_downloaded_is_its_buyers_until_it_is_paid_back() -> None:
    ada, vera = make_seller(), make_user("Vera")
    waves = make_goods(ada, "4.99", kind=Kind.DIGITAL, stock=None)
    buyer = as_user(vera)
    order = bought(vera, (waves, 1), is_digital=True)
    [line] = order.parcels.get().lines.all()
    path = f"/shop/orders/lines/{line.pk}/file/"
    got = buyer.get(path)
    assert b"".join(got.streaming_content) == b"waves"  # type: ignore[attr-defined]
    assert got.headers["Content-Disposition"] == 'attachment; filename="waves.zip"'
    assert as_user(make_user("Mallory")).get(path).status_code == 404
    assert line.downloads.count() == 1
    told = "\n".join(evidence_lines(Payment.objects.get(pk=order.pk)))
    fetched = line.downloads.get()
    assert f"Downloaded {fetched.at:%Y-%m-%d %H:%M} UTC: {fetched}" in told
    assert "Download" in text(buyer, f"/shop/orders/{order.pk}/")
    back = {f"line-{line.pk}": 1, "reason": "It does not open"}
    send(buyer, f"/shop/orders/parcels/{line.parcel_id}/back/", **back)
    one = Return.objects.get()
    send(as_user(ada.user), f"/shop/studio/returns/{one.pk}/", agree="1")
    assert "was paid back" in html.unescape(buyer.get(path, follow=True).content.decode())
    assert check_books() == []


def test_numbers_of_many_parcels_come_from_a_file_or_none_of_them_does() -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada, "10")
    orders = [bought(vera, (shirt, 1)) for _ in range(2)]
    seller = as_user(ada.user)
    content = seller.get("/shop/studio/parcels.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [(row["country"], row["goods"]) for row in rows] == [
        ("DE", "1 x Shirt; 1 x Shipping")
    ] * 2

    def sent(text_: str) -> Answer:
        file = SimpleUploadedFile("numbers.csv", text_.encode(errors="surrogateescape"))
        return seller.post("/shop/studio/parcels/", {"file": file}, follow=True)

    lines = [f"{row['parcel']},DHL,0034\n" for row in rows]
    filled = "".join(["parcel,carrier,tracking\n", *lines, f"{uuid4()},,\n"])
    for wrong, because in (
        (filled + f"{uuid4()},DHL,1\n", "you have no such parcel"),
        (filled + "nothing,DHL,1\n", "“nothing” is no parcel"),
        (filled + lines[0], "stands in the file twice"),
        (filled.replace("DHL", ""), "Name the carrier"),
        ("\udcff", "It must be a CSV file in UTF-8"),
        ("a,b\n1,2\n", "with the columns parcel, carrier, tracking"),
        ("parcel,carrier,tracking\n" + "a,b,c\n" * 1_001, "at most 1,000 lines"),
        ("x" * (2**20 + 1), "at most 1 MB"),
    ):
        assert because in words_of(sent(wrong))
        assert set(Parcel.objects.values_list("state", flat=True)) == {"to_ship"}
    assert "2 parcels are on their way" in words_of(sent(filled))
    assert {one.parcels.get().tracking for one in orders} == {"0034"}
    assert "Parcels" in text(seller, "/shop/studio/parcels/?state=shipped")


def test_a_video_shows_goods_and_the_click_locks_the_part_of_its_creator() -> None:
    ada, bob, vera = make_seller(), make_act("Bob"), make_user("Vera")
    shirt, own = make_goods(ada, affiliate_bp=1_000), make_goods(ada, "5")
    creator, home = as_user(bob.creator.user), f"/shop/studio/videos/{bob.video_id}/"
    assert "1,000 followers" in send(creator, home, id=shirt.product_id)
    make_followers(bob.creator)
    assert "The video shows" in send(creator, home, id=shirt.product_id)
    assert "not open to other creators" in send(creator, home, id=own.product_id)
    [shown] = Client().get(f"/shop/videos/{bob.video_id}/shelf.json").json()["goods"]
    assert (shown["title"], shown["price"], shown["is_ad"]) == ("Shirt", "€25.85", True)
    came = Client().get(shown["url"])
    assert came.status_code == 302
    buyer, token = as_user(vera), came.headers["Location"].partition("?from=")[2]
    assert token in buyer.get(came.headers["Location"]).content.decode()
    Product.objects.filter(pk=shirt.product_id).update(affiliate_bp=500)
    said = {"variant": shirt.pk, "quantity": 1, "click": token}
    send(buyer, "/shop/cart/put/", **said)
    order = ordered(buyer, vera, shirt)
    line = order.parcels.get().lines.order_by("pk")[0]
    assert (line.affiliate, line.affiliate_bp, line.video_id) == (bob.creator, 1_000, bob.video_id)
    assert "no more" in send(creator, home, id=shirt.product_id, remove="1")
    assert Client().get(shown["url"]).headers["Location"] == f"/shop/goods/{shirt.product_id}/"


def test_a_seller_makes_a_code_and_a_buyer_pays_less_by_it() -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada, "10")
    seller, buyer, codes = as_user(ada.user), as_user(vera), "/shop/studio/codes/"
    assert "no codes yet" in text(seller, codes)
    said = {"id": uuid4(), "code": "spring-10", "percent": "10", "ends_on": "2026-12-01"}
    assert "Take off either" in refused(seller, codes, **said | {"amount": "3"})
    assert "SPRING-10 takes 10 % off" in send(seller, codes, **said)
    assert "1 Dec" in text(seller, codes), "the last day counts until midnight"
    assert "have a code SPRING-10 already" in refused(seller, codes, **said | {"id": uuid4()})
    fixed = {"id": uuid4(), "code": "three", "amount": "3", "starts_on": "2026-12-02"}
    assert "THREE takes €3.00 off" in send(seller, codes, **fixed)
    send(buyer, "/shop/cart/put/", variant=shirt.pk, quantity=1)
    page = "/shop/cart/physical/EUR/?country=DE&code="
    assert "is of no shop in your cart" in words_of(buyer.get(f"{page}winter"))
    assert "does not count yet" in words_of(buyer.get(f"{page}three"))
    context = buyer.get(f"{page}Spring-10").context
    assert (context["basket"].total, context["basket"].saved) == (euros("12.90"), euros("1"))
    form = {"id": context["order_id"], "shown": 12_900_000, "terms": context["terms"]}
    where = {"country": "DE", "name": "Vera", "address": "Hamburg", "code": "SPRING-10"}
    assert buyer.post("/shop/cart/physical/EUR/", form | where).status_code == 302
    payment = Payment.objects.get(pk=form["id"])
    pay(payment)
    asked(payment)
    assert "€1.00 off by SPRING-10" in text(buyer, f"/shop/orders/{payment.pk}/")
    tenth = ada.shop.discounts.get(code="SPRING-10")
    assert "nothing off any more" in send(seller, f"{codes}{tenth.pk}/stop/")
    assert as_user(make_seller("Cleo").user).post(f"{codes}{tenth.pk}/stop/").status_code == 404
