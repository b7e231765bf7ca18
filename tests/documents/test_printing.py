"""Documents on paper: the same values, the same bytes; every name printed, whatever is in it."""

import dataclasses
import datetime as dt

import pypdfium2
import pytest

from takings.documents import Document, print_pdf, printable
from takings.documents.printing import Value

NUMBER = "S-7KQ4-M9ZT-3WXH"
PLAIN = {
    "number": NUMBER,
    "digest": "ab" * 32,
    "verify_at": "http://127.0.0.1:8000/verify/",
    "payee": "Ada",
    "handle": "@ada",
    "period": "November 2026",
    "span": "1 November 2026, 00:00 to 1 December 2026, 00:00",
    "policy": "house@2026-01-01",
    "issued": "1 December 2026, 00:05 UTC",
    "earned": "$405.00",
    "yours": "$404.00",
    "views": "7",
    "line_count": "1",
    "replaces": "",
}
AMOUNT: tuple[Value, ...] = ("Low tide", "7", "$405.00")


def statement(*, payee: str = "Ada", videos: int = 1) -> Document:
    values: dict[str, Value] = {
        **PLAIN,
        "payee": payee,
        "waterfall": [["Gross", "before anything", "$900.00", ""], ["You", "", "$405.00", "total"]],
        "streams": [["Ads in the feed", "$405.00"]],
        "countries": [["Germany", "7", "$405.00"]],
        "videos": [AMOUNT] * videos,
        "days": [["1 November 2026", "7", "$405.00"]],
        "shared": [["Low tide", "@ben", "-$1.00"]],
        "account": [["Payable", "$0.00"]],
        "not_counted": [["Robot", "the browser says it is a robot", "3"]],
    }
    return Document(
        layout="statement",
        title=f"Statement {NUMBER}",
        keywords=(NUMBER,),
        made_at=dt.datetime(2026, 12, 1, 0, 5, 7, 9, tzinfo=dt.UTC),
        values=values,
    )


def words(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_bounded() for page in opened]


def test_the_same_document_has_the_same_bytes_and_another_has_others() -> None:
    first = print_pdf(document=statement())
    assert print_pdf(document=statement()) == first
    assert print_pdf(document=statement(payee="Ida")) != first
    later = dataclasses.replace(statement(), made_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    assert print_pdf(document=later) != first


def test_it_is_an_archivable_pdf_that_can_be_told_by_its_number_without_reading_it() -> None:
    pdf = print_pdf(document=statement())
    assert pdf.startswith(b"%PDF-1.7")
    assert NUMBER.encode() in pdf
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    first, last = words(pdf)
    assert "$405.00" in first
    assert "After them $404.00 is yours." in first.replace("\r\n", " ")
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in last


def test_pages_are_numbered_and_the_head_of_a_long_table_is_on_each() -> None:
    pages = words(print_pdf(document=statement(videos=120)))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert NUMBER in page
    assert "Engaged views" in pages[1]


@pytest.mark.parametrize(
    "name",
    ["海辺のカフェ", "沙丘", "바다", "Ærøskøbing", "Ωμέγα", "Жанна", "العربية", "हिन्दी", "ไทย"],
)
def test_names_of_the_world_are_drawn_in_their_own_letters(name: str) -> None:
    assert printable(name) == name
    print_pdf(document=statement(payee=name))  # PDF/A refuses to print what no font can draw


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada 😀😀 tv", "Ada □ tv"),
        ("👩\u200d👧", "□"),
        ("a\x00b\ue000c\u202ed", "ab□cd"),
        ("two\nlines\tand\u00a0more", "two lines and more"),
        ("", ""),
    ],
)
def test_what_no_font_can_draw_is_a_box_and_the_rest_is_printed(name: str, shown: str) -> None:
    assert printable(name) == shown
    print_pdf(document=statement(payee=name))


def test_what_looks_like_typst_is_only_text() -> None:
    name = '#panic("no") *b* $x$ @c <a> [b]'
    page = words(print_pdf(document=statement(payee=name)))[0]
    assert name in page.replace("\r\n", " ").replace("\n", " ")
