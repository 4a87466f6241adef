"""Rejected: a step returns the parameters, it does not change them."""

from backproof_spec import Array, Claims, HasStep, Network, Params, Rule, Targets


class Net(HasStep):
    """Nothing comes back."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> None:  # type: ignore[override] # E: Return type "None" of "step" incompatible
        raise NotImplementedError
