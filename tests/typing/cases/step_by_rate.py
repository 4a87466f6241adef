"""Rejected: a step is told its rule, which holds the rate."""

from backproof_spec import Array, Claims, HasStep, Network, Params, Targets


class Net(HasStep):
    """It wants the rate alone."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError

    def step(self, net: Network, params: Params, x: Array, t: Targets, rate: float, /) -> Params:  # type: ignore[override] # E: Argument 5 of "step" is incompatible
        raise NotImplementedError
