"""stable-baselines 2.10.2: PPO2, A2C and DQN learn to balance a pole."""

import numpy as np
from stable_baselines import A2C, DQN, PPO2

SEEDED = {"policy": "MlpPolicy", "env": "CartPole-v1", "seed": 0, "n_cpu_tf_sess": 1}


def main():
    numbers = {}
    for name, model, steps in (
        ("ppo2", PPO2(n_steps=32, **SEEDED), 256),
        ("a2c", A2C(**SEEDED), 100),
        ("dqn", DQN(learning_starts=40, **SEEDED), 120),
    ):
        start(model)
        model.learn(steps)
        weights = model.get_parameters().values()
        numbers[name + "_weights"] = [np.abs(array).sum() for array in weights]
        numbers[name + "_state"] = played(model)
    return numbers


def start(model):
    """Gives it weights; its own are orthogonal, of a sign that depends on NumPy's LAPACK."""
    rng = np.random.RandomState(0)
    given = {
        name: array if "eps" in name else 0.2 * rng.randn(*array.shape)
        for name, array in model.get_parameters().items()
    }
    model.load_parameters(given)


def played(model):
    env = model.get_env()
    state = env.reset()
    for _ in range(20):
        action, _ = model.predict(state, deterministic=True)
        state, _, _, _ = env.step(action)
    return state
