"""Rejected: a class that inherits an operation and does not have it cannot be made."""

from backproof_spec import Array, Claims, HasGradient, Network, Params


class Net(HasGradient):
    """No gradient."""

    @property
    def claims(self) -> Claims:
        raise NotImplementedError

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise NotImplementedError


NET = Net()  # type: ignore[abstract] # E: abstract class "Net" with abstract attribute "gradient"
