"""TensorFlow Probability 0.8: distributions, bijectors, a Markov chain, variational inference."""

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

tfd, tfb = tfp.distributions, tfp.bijectors


def densities():
    """Log densities, means and KL divergences of a range of distributions."""
    x = tf.constant([0.1, 0.5, 0.9])
    made = {
        "normal": tfd.Normal(0.5, 2.0),
        "beta": tfd.Beta(2.0, 3.0),
        "gamma": tfd.Gamma(2.0, 0.5),
        "laplace": tfd.Laplace(0.0, 1.5),
        "student": tfd.StudentT(4.0, 0.1, 1.2),
        "logistic": tfd.Logistic(0.2, 0.7),
        "weibull": tfd.TransformedDistribution(
            tfd.Uniform(0.0, 1.0), tfb.Invert(tfb.Weibull(2.0, 1.0))
        ),
        "mixture": tfd.MixtureSameFamily(
            tfd.Categorical(probs=[0.3, 0.7]), tfd.Normal([0.0, 1.0], [1.0, 0.5])
        ),
    }
    found = {name: d.log_prob(x) for name, d in made.items()}
    row = tf.constant([[0.2, -0.3]])
    scale = np.array([[1.0, 0.0], [0.5, 2.0]], np.float32)
    vectors = {
        "triangular": tfd.MultivariateNormalTriL([0.0, 1.0], scale),
        "diagonal": tfd.MultivariateNormalDiag([0.0, 1.0], [1.0, 3.0]),
        "independent": tfd.Independent(tfd.Normal([0.0, 1.0], 2.0), 1),
    }
    found.update({name: d.log_prob(row) for name, d in vectors.items()})
    found["wishart"] = tfd.Wishart(3.0, scale_tril=scale).mean()
    found["dirichlet"] = tfd.Dirichlet([1.0, 2.0, 3.0]).log_prob([0.2, 0.3, 0.5])
    found["poisson"] = tfd.Poisson(3.0).log_prob([0.0, 2.0, 5.0])
    found["kl"] = tfd.kl_divergence(tfd.Normal(0.0, 1.0), tfd.Normal(1.0, 2.0))
    found["kl_of_vectors"] = tfd.kl_divergence(vectors["triangular"], vectors["diagonal"])
    return found


def bijectors():
    x = tf.constant([[-1.5, 0.25, 2.0]])
    chain = tfb.Chain(
        [tfb.Softplus(), tfb.Affine(shift=[1.0, 2.0, 3.0], scale_diag=[2.0, 1.0, 3.0])]
    )
    flow = tfb.MaskedAutoregressiveFlow(
        lambda y: (0.5 * tf.concat([tf.zeros([1, 1]), y[:, :-1]], 1), tf.zeros([1, 3]))
    )
    found = {"chain": chain.forward(x), "chain_jacobian": chain.forward_log_det_jacobian(x, 1)}
    found["back"] = chain.inverse(chain.forward(x))
    found["centred"] = tfb.SoftmaxCentered().forward(x)
    found["triangular"] = tfb.FillTriangular().forward(tf.constant([1.0, 2.0, 3.0]))
    found["flow"] = flow.forward(x)
    found["flow_jacobian"] = flow.inverse_log_det_jacobian(x, 1)
    return found


def samples():
    return {
        "normal_samples": tfd.Normal([0.0, 5.0], 1.0).sample(3, seed=1),
        "gamma_samples": tfd.Gamma(2.0, 3.0).sample(3, seed=2),
        "categorical_samples": tfd.Categorical(probs=[0.2, 0.8]).sample(5, seed=3),
        "vector_samples": tfd.MultivariateNormalDiag([1.0, 2.0]).sample(2, seed=4),
    }


def chain():
    """Hamiltonian Monte Carlo on a Gaussian, whose steps adapt."""
    target = tfd.MultivariateNormalTriL([1.0, -1.0], [[1.0, 0.0], [0.6, 0.8]])
    kernel = tfp.mcmc.SimpleStepSizeAdaptation(
        tfp.mcmc.HamiltonianMonteCarlo(target.log_prob, 0.2, 3, seed=5), 8
    )
    states, accepted = tfp.mcmc.sample_chain(
        12,
        tf.zeros([2]),
        kernel=kernel,
        num_burnin_steps=8,
        trace_fn=lambda _, results: results.inner_results.is_accepted,
        parallel_iterations=1,
    )
    return {"states": states, "accepted": tf.cast(accepted, tf.float32)}


def fitted():
    """A variational posterior, trained."""
    data = tf.constant(np.linspace(1, 3, 20), tf.float32)
    loc = tf.Variable(0.0)
    scale = tf.nn.softplus(tf.Variable(0.0))
    posterior = tfd.Normal(loc, scale)
    draws = posterior.sample(7, seed=6)
    joint = tfd.Normal(draws[:, None], 1.0).log_prob(data)
    bound = tf.reduce_mean(
        tf.reduce_sum(joint, 1) + tfd.Normal(0.0, 3.0).log_prob(draws) - posterior.log_prob(draws)
    )
    train = tf.train.AdamOptimizer(0.1).minimize(-bound)
    return [loc, scale, bound], train


def main():
    tf.set_random_seed(11)
    fetches = {**densities(), **bijectors(), **samples(), **chain()}
    last, train = fitted()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        numbers = session.run(fetches)
        for _ in range(30):
            session.run(train)
        numbers["fitted"] = session.run(last)
    return numbers
