"""tensorforce 0.4.4: an agent that learns which of two actions is rewarded."""

import numpy as np
import tensorflow as tf
from tensorforce.agents import VPGAgent


def main():
    rng = np.random.RandomState(0)
    agent = VPGAgent(
        states={"type": "float", "shape": (3,)},
        actions={"type": "int", "num_actions": 2},
        network=[{"type": "dense", "size": 8}, {"type": "dense", "size": 8}],
        update_mode={"unit": "episodes", "batch_size": 4, "frequency": 4},
        memory={"type": "latest", "include_next_states": False, "capacity": 100},
        optimizer={"type": "adam", "learning_rate": 0.05},
        discount=0.9,
    )
    # It seeds nothing.
    graph, session = agent.model.graph, agent.model.session
    weights = graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)
    for variable in weights:
        variable.load(0.5 * rng.randn(*variable.shape.as_list()), session)
    rewards = [episode(agent, rng) for _ in range(40)]
    numbers = {"rewards": rewards, "weights": session.run(weights[0])}
    agent.close()
    return numbers


def episode(agent, rng):
    total = 0.0
    for step in range(5):
        state = rng.rand(3)
        action = agent.act(state, deterministic=True)
        reward = float(int(action) == int(state[0] > 0.5))
        agent.observe(terminal=step == 4, reward=reward)
        total += reward
    return total
