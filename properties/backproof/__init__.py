"""Executable properties of backpropagation, put to any implementation of it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backproof.gradient_check import Checked as Checked
    from backproof.gradient_check import check_gradient as check_gradient
    from backproof.testing import suite as suite

__all__ = ["suite", "check_gradient", "Checked"]
_HOMES = {"suite": "testing", "check_gradient": "gradient_check", "Checked": "gradient_check"}


def __getattr__(name: str) -> object:
    """Import what is asked for, and nothing before: the command line starts at once."""
    if name in _HOMES:
        return getattr(import_module(f"backproof.{_HOMES[name]}"), name)
    raise AttributeError(f"backproof has no {name}")
