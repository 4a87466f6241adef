"""keras.activations.celu has the slope 2 at z = 0 on TensorFlow, where it is 1 from both sides."""

import keras
import numpy as np
import tensorflow as tf

z = tf.constant(np.array([-1e-6, 0.0, 1e-6]))
with tf.GradientTape() as tape:
    tape.watch(z)
    y = keras.activations.celu(z)
slopes = tape.gradient(y, z).numpy()
print(f"slopes just below 0, at 0 and just above: {slopes}")
raise SystemExit(bool(not np.allclose(slopes, [1.0, 2.0, 1.0], atol=1e-5)))
