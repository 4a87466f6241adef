"""Rejected: claims are a property."""

from backproof_spec import Array, Claims, Implementation, Network, Params


class Net(Implementation):
    """The decorator was forgotten."""

    def claims(self) -> Claims:  # type: ignore[override] # E: incompatible with supertype
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError
