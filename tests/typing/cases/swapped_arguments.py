"""Rejected: inputs come after parameters."""

from backproof_spec import Array, Claims, Implementation, Network, Params


class Net(Implementation):
    """x and params in the other order."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, x: Array, params: Params, /) -> Array:  # type: ignore[override] # E: Argument 2 of "forward" is incompatible
        raise NotImplementedError
