"""torch.nn.Softplus returns z itself above its threshold of 20, as its documentation says: 2e-9 off."""

import numpy as np
import torch

z = torch.tensor([20.5], dtype=torch.float64)
off = np.log1p(np.exp(-20.5))
default, far = torch.nn.Softplus()(z).item(), torch.nn.Softplus(threshold=60)(z).item()
print(f"default {default!r}, with a threshold of 60 {far!r}")
raise SystemExit(bool(default != 20.5 or abs(far - 20.5 - off) > 1e-14))
