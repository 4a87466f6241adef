"""The pytest entry point: thin, so that nothing of the package is imported before coverage starts."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --backproof TARGET and --backproof-in-process."""
    group = parser.getgroup("backproof")
    group.addoption(
        "--backproof",
        action="append",
        default=[],
        metavar="TARGET",
        help="judge TARGET (path/to/file.py:Name, package.module:Name, reference, ...): one test for each property; "
        "may be repeated. Without paths, nothing else is collected.",
    )
    group.addoption("--backproof-in-process", action="store_true", help="judge it in this process, for a debugger")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; with a target and no paths, collect nothing else."""
    config.addinivalue_line("markers", "backproof(slug): a property of backpropagation, put to one subject")
    if config.getoption("--backproof") and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add an item for each property and target."""
    targets = config.getoption("--backproof")
    if targets:
        from backproof.items import collected

        for target in targets:
            items.extend(collected(session, target, config.getoption("--backproof-in-process")))
