"""What makes several updates makes one."""

from typing import Protocol

from backproof_spec.protocol import HasDescent
from backproof_spec.values import Array, Network, Params, Rule, Targets


class Descending(HasDescent, Protocol):
    """A step is a descent of one."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        return self.descend(net, params, x, t, rule, 1)
