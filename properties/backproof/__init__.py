"""Executable properties of backpropagation, put to any implementation of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backproof.testing import suite as suite

__all__ = ["suite"]


def __getattr__(name: str) -> object:
    """Import what is asked for, and nothing before: the command line starts at once."""
    if name == "suite":
        from backproof.testing import suite

        return suite
    raise AttributeError(f"backproof has no {name}")
