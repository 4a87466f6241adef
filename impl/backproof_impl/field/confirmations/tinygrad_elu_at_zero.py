"""The gradient of elu is 0 at z = 0, where its slope is 1 from both sides."""

import numpy as np
from tinygrad import Tensor

H = 2.0**-10
z = Tensor(np.array([0.0, H, -H], dtype=np.float32))
y = z.elu()
slopes, (middle, right, left) = y.sum().gradient(z)[0].numpy(), y.numpy()
print(f"gradients at 0, {H:g}, {-H:g}: {slopes}; quotients at 0: {(right - middle) / H:.4f}, {(middle - left) / H:.4f}")
raise SystemExit(not (slopes[0] == 0 and (abs(slopes[1:] - 1) < 2 * H).all()))
