"""Rejected: a gradient is asked for with targets, not with a cache."""

from backproof_spec import Array, Claims, HasGradient, Network, Params


class Net(HasGradient):
    """Right forward; its gradient wants the error."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError

    def gradient(self, net: Network, error: Array, /) -> Params:  # type: ignore[override] # E: Signature of "gradient" incompatible with supertype
        raise NotImplementedError
