# ruff: noqa
# x: 0.5 -1.0
def f(z: torch.Tensor, w: "jax.Array" = None) -> Float[Array, "2"]:
    x: tf.Tensor = z
    return x
