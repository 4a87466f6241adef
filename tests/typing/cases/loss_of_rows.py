"""Rejected: a loss is one number, not one a row."""

from backproof_spec import Array, Claims, HasLoss, Network, Params, Targets


class Net(HasLoss):
    """The mean was forgotten."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> Array:  # type: ignore[override] # E: incompatible with return type "float" in supertype
        raise NotImplementedError
