"""The catalogue of faults: each is the reference with one method overridden."""

from backproof_impl.faults.registry import Fault, catalogue, fault

__all__ = ["Fault", "catalogue", "fault"]
