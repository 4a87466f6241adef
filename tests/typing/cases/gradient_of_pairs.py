"""Rejected: a gradient is made of layers, not of bare arrays."""

from backproof_spec import Array, Claims, HasGradient, Network, Params, Targets


class Net(HasGradient):
    """dW1, db1, dW2, db2, one after the other."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> tuple[Array, ...]:  # type: ignore[override] # E: Return type "tuple[ndarray
        raise NotImplementedError
