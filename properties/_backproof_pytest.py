"""The pytest entry point: thin, so that nothing of the package is imported before coverage starts."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --backproof TARGET."""
    group = parser.getgroup("backproof")
    group.addoption(
        "--backproof", action="append", default=[], metavar="TARGET",
        help="judge TARGET: one test for each property; may be repeated")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "backproof(slug): a property of backpropagation, put to one subject")
