"""Splitting never loses a unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.money import allocate

weights = st.dictionaries(
    st.text(max_size=3),
    st.one_of(st.integers(0, 10**9), st.fractions(0, 10, max_denominator=97)),
    min_size=1,
).filter(lambda parts: sum(parts.values()) > 0)


def test_a_cent_left_over_goes_to_the_largest_remainder_then_to_the_smaller_key() -> None:
    assert allocate(100, {"b": 1, "c": 1, "a": 1}) == {"a": 34, "b": 33, "c": 33}
    assert allocate(10, {"a": 1, "b": 2, "c": 4}) == {"a": 1, "b": 3, "c": 6}


def test_exact_fractions_are_weights_too() -> None:
    assert allocate(6, {"a": Fraction(1, 2), "b": Fraction(1, 3), "c": Fraction(1, 6)}) == {
        "a": 3,
        "b": 2,
        "c": 1,
    }


def test_nothing_is_split_into_nothings() -> None:
    assert allocate(0, {"a": 1, "b": 5}) == {"a": 0, "b": 0}


@pytest.mark.parametrize(("total", "parts"), [(-1, {"a": 1}), (1, {"a": -1, "b": 2})])
def test_a_negative_total_or_weight_is_refused(total: int, parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        allocate(total, parts)


@pytest.mark.parametrize("parts", [{}, {"a": 0}])
def test_without_weight_nothing_can_be_allocated(parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="nothing has weight"):
        allocate(1, parts)


@given(st.integers(0, 10**18), weights)
def test_the_parts_sum_to_the_whole(total: int, parts: dict[str, int | Fraction]) -> None:
    """Peers' bug 14 (Lago 4642): one cent off, and a negative total, from rounding twice."""
    split = allocate(total, parts)
    assert sum(split.values()) == total
    assert split.keys() == parts.keys()
    whole = sum(parts.values(), Fraction(0))
    for key, share in split.items():
        assert share >= 0
        assert abs(share - total * parts[key] / whole) < 1


@given(st.integers(0, 10**12), weights, st.randoms(use_true_random=False))
def test_the_order_of_the_weights_does_not_matter(
    total: int, parts: dict[str, int | Fraction], random: object
) -> None:
    keys = list(parts)
    random.shuffle(keys)  # type: ignore[attr-defined]
    assert allocate(total, {key: parts[key] for key in keys}) == allocate(total, parts)


def by_the_book(total: int, parts: dict[str, int | Fraction]) -> dict[str, int]:
    """Split by Hamilton's method as it is told: fractions, and one sort of everything."""
    whole = sum(Fraction(part) for part in parts.values())
    exact = {key: total * Fraction(part) / whole for key, part in parts.items()}
    given = {key: int(amount) for key, amount in exact.items()}
    ranked = sorted(exact, key=lambda key: (given[key] - exact[key], key))
    for key in ranked[: total - sum(given.values())]:
        given[key] += 1
    return given


@given(st.integers(0, 10**12), weights)
def test_it_is_hamiltons_method(total: int, parts: dict[str, int | Fraction]) -> None:
    assert allocate(total, parts) == by_the_book(total, parts)


@given(st.integers(0, 60), st.dictionaries(st.text(max_size=3), st.integers(0, 3), min_size=1))
def test_many_ties_go_to_the_smaller_keys(total: int, parts: dict[str, int]) -> None:
    if any(parts.values()):
        assert allocate(total, parts) == by_the_book(total, dict(parts))
