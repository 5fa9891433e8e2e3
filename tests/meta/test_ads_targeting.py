"""Targeting is read as it was written, whatever it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from socialcommerce.backends.meta.social.advertising.reach import (
    targeting_flaws,
    targeting_of,
    targeting_spec,
)
from socialcommerce.models.ads import Targeting

IDS = st.lists(st.integers(1, 10**15).map(str), max_size=3, unique=True)
PLACES = ("facebook:feed", "facebook:marketplace", "instagram:story", "threads", "audience_network")
AGES = st.tuples(st.integers(13, 64), st.integers(13, 64)).map(sorted)


@st.composite
def targetings(draw: st.DrawFn) -> Targeting:
    low, high = draw(AGES)
    return Targeting(
        countries=draw(st.lists(st.sampled_from(["US", "CA", "SG"]), min_size=1, unique=True)),
        regions=draw(IDS),
        age_min=draw(st.sampled_from([None, low])),
        age_max=draw(st.sampled_from([None, high])),
        genders=draw(st.sampled_from([[], ["male"], ["female"], ["male", "female"]])),
        languages=draw(IDS),
        interests=draw(IDS),
        audiences=draw(IDS),
        placements=draw(st.lists(st.sampled_from(PLACES), unique=True).map(sorted)),
    )


@given(targetings())
def test_what_is_written_is_read(told: Targeting) -> None:
    assert not list(targeting_flaws(told))
    found = targeting_of(targeting_spec(told))
    assert found.native == {"targeting_automation": {"advantage_audience": 0}}
    assert found.model_dump(exclude={"native"}) == told.model_dump(exclude={"native"})


@given(targetings())
def test_what_is_read_is_written_again(told: Targeting) -> None:
    spec = targeting_spec(told)
    assert targeting_spec(targeting_of(spec)) == spec


def test_everybody_is_no_restriction() -> None:
    told = Targeting(countries=["US"], genders=["male", "female", "unknown"])
    assert not list(targeting_flaws(told))
    assert "genders" not in targeting_spec(told)


def test_advantage_audience_is_the_makers_choice() -> None:
    native = {"targeting_automation": {"advantage_audience": 1}}
    assert targeting_spec(Targeting(countries=["US"], native=native))["targeting_automation"] == {
        "advantage_audience": 1
    }
