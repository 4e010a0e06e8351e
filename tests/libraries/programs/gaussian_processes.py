"""gpflow 1.5.1: Gaussian processes fitted by SciPy's L-BFGS-B and by Adam."""

import gpflow
import numpy as np


def main():
    rng = np.random.RandomState(0)
    x = rng.rand(15, 1)
    y = np.sin(9 * x) + 0.1 * rng.randn(15, 1)
    at = np.linspace(0, 1, 5)[:, None]
    model = gpflow.models.GPR(x, y, kern=gpflow.kernels.Matern52(1, lengthscales=0.3))
    model.likelihood.variance = 0.01
    numbers = {"likelihood_before": model.compute_log_likelihood()}
    gpflow.train.ScipyOptimizer().minimize(model, maxiter=20)
    mean, variance = model.predict_y(at)
    numbers.update(mean=mean, variance=variance, likelihood=model.compute_log_likelihood())

    sparse = gpflow.models.SVGP(
        x,
        (y > 0).astype(float),
        gpflow.kernels.RBF(1, lengthscales=0.2) + gpflow.kernels.Linear(1),
        gpflow.likelihoods.Bernoulli(),
        Z=x[:6].copy(),
    )
    gpflow.train.AdamOptimizer(0.05).minimize(sparse, maxiter=20)
    numbers["classes"] = sparse.predict_y(at)[0]
    numbers["bound"] = sparse.compute_log_likelihood()
    return numbers
