"""Rejected: a class that inherits nothing is looked at where it is handed over."""

from backproof_spec import Array, Claims, HasLoss, Network, Params


class Net:
    """It has no loss."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError


OFFERED: HasLoss = Net()  # type: ignore[assignment] # E: "Net" is missing following "HasLoss" protocol member
