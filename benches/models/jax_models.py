"""The models of `cargo bench --bench models` in JAX: jitted, float64, one thread, value and gradient together.

    pip install "jax[cpu]"
    taskset -c 0 python benches/models/jax_models.py

Prints the fastest of many samples, in the rows of the Rust table. Data are the same numbers as in Rust.
"""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

SIZES = [10, 30, 100, 300, 1000]
CLASSES = OUTPUTS = 10


def numbers(n, seed):
    return np.sin(seed + 12.9898 * np.arange(n))


def vector(n, seed):
    return jnp.array(numbers(n, seed))


def matrix(rows, columns, seed):
    return jnp.array(numbers(rows * columns, seed).reshape(rows, columns))


def least_squares(theta, phi, y):
    e = y - phi @ theta
    return e @ e


def network(w1, b1, w2, b2, x, labels):
    hidden = jnp.tanh(x @ w1 + b1)
    logits = hidden @ w2 + b2
    shifted = logits - logits.max(axis=1, keepdims=True)
    normalizers = jnp.log(jnp.exp(shifted).sum(axis=1))
    return (normalizers.sum() - (shifted * labels).sum()) / x.shape[0]


def ridge(w, lam, x, y):
    e = y - x @ w
    return (e * e).sum() + lam * (w * w).sum()


def log_likelihood(length, signal, noise, squares, y):
    n = y.shape[0]
    kernel = signal**2 * jnp.exp(-0.5 * squares / length**2)
    l = jnp.linalg.cholesky(kernel + noise**2 * jnp.eye(n))
    a = jax.scipy.linalg.solve_triangular(l, y, lower=True)
    return -0.5 * a @ a - jnp.log(jnp.diag(l)).sum() - 0.5 * n * jnp.log(2 * jnp.pi)


def measure(f, *args):
    """The fastest time of a call in seconds, over samples of a millisecond or a call."""
    jax.block_until_ready(f(*args))
    start = time.perf_counter()
    jax.block_until_ready(f(*args))
    calls = max(1, int(1e-3 / (time.perf_counter() - start)))
    best = float("inf")
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(calls):
            result = f(*args)
        jax.block_until_ready(result)
        best = min(best, (time.perf_counter() - start) / calls)
    return best


def row(name, f, active, *args):
    value = measure(jax.jit(f), *args)
    both = measure(jax.jit(jax.value_and_grad(f, argnums=active)), *args)
    print(f"| {name} | {value * 1e6:.3f} µs | {both * 1e6:.3f} µs | {both / value:.2f} |", flush=True)


def main():
    print(f"JAX {jax.__version__}, {jax.devices()[0].platform}, one thread")
    print("| model | function | value and gradient | ratio |")
    print("| --- | ---: | ---: | ---: |")
    for n in SIZES:
        row(f"least squares {n}", least_squares, 0, vector(n, 12.0), matrix(2 * n, n, 13.0), vector(2 * n, 14.0))
    for n in SIZES:
        small = 1.0 / np.sqrt(n)
        layers = (matrix(n, n, 15.0) * small, vector(n, 16.0), matrix(n, CLASSES, 17.0) * small, vector(CLASSES, 18.0))
        labels = jnp.array(np.eye(CLASSES)[np.arange(n) % CLASSES])
        row(f"two-layer network {n}", network, (0, 1, 2, 3), *layers, matrix(n, n, 19.0), labels)
    for n in SIZES:
        w = matrix(n, OUTPUTS, 21.0)
        row(f"ridge regression {n}", ridge, (0, 1), w, 0.1, matrix(2 * n, n, 22.0), matrix(2 * n, OUTPUTS, 23.0))
    for n in SIZES:
        points = matrix(n, 3, 24.0)
        squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
        row(f"Gaussian process {n}", log_likelihood, (0, 1, 2), 0.8, 1.3, 0.3, squares, vector(n, 25.0))


if __name__ == "__main__":
    main()
