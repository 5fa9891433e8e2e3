"""The fixtures, and the kit, as a third party's own test run sees them."""

from __future__ import annotations

import pytest
import toy_market

pytest_plugins = ["pytester"]

CONFTEST = """
import sys
sys.path.append({place!r})
pytest_plugins = ["socialcommerce.testing.plugin"]
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    place = toy_market.__file__.rpartition("/")[0]
    pytester.makeconftest(CONFTEST.format(place=place))
    return pytester


def run(project: pytest.Pytester, source: str) -> pytest.RunResult:
    project.makepyfile(source)
    return project.runpytest("-q", "-p", "no:cacheprovider", "-p", "no:anyio", "-p", "no:hypothesispytest")


def test_simulated_clients_are_opened_and_closed(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        seen = []

        def test_a_shop(simulated):
            shop = simulated("shopee", seed=7)
            close = shop.close
            shop.close = lambda: (seen.append("closed"), close())
            assert shop.market.add_product("TS-1", stock=1).sku == "TS-1"

        def test_it_was_closed():
            assert seen == ["closed"]
        """,
    )
    result.assert_outcomes(passed=2)


def test_a_canary_that_is_logged_fails_the_test(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        import logging

        def test_quiet(canary):
            logging.getLogger("toy").debug("nothing")

        def test_talkative(canary):
            logging.getLogger("toy").debug("token %s", canary)
        """,
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*a secret is shown in: log record of 'toy'*"])


def test_the_kit_says_what_is_missing_and_nothing_else(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
        from socialcommerce.testing import BackendConformance
        from pretend_market import pretend_market
        from toy_market import ToyCatalog, ToyMarket as Whole

        class Catalog(ToyCatalog):
            def delete(self, products): ...

        class ToyMarket(Whole):
            catalog = Catalog

        class TestToyMarket(BackendConformance):
            backend = ToyMarket
            twin = pretend_market
        """,
    )
    result.assert_outcomes(passed=22, failed=1)
    result.stdout.fnmatch_lines(["*Catalog.delete overrides catalog.delete without a mark*add @supports(*"])
    assert "Traceback" not in result.stdout.str()
    assert "conformance.py:" not in result.stdout.str()
