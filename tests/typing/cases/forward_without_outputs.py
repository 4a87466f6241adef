"""Rejected: outputs are returned, not kept."""

from backproof_spec import Array, Claims, Implementation, Network, Params


class Net(Implementation):
    """It keeps its outputs."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> None:  # type: ignore[override] # E: Return type "None" of "forward" incompatible
        self.y = x
