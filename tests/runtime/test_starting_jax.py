import subprocess
import sys

STARTED = """
import jax
devices = jax.local_devices
def spied():
    print(jax.config.values["jax_cpu_enable_async_dispatch"])
    return devices()
jax.local_devices = spied
from stillflow.runtime.tiers import xla
xla()
"""


def test_runs_are_not_handed_to_another_thread():
    """JAX looks at this setting when it starts, so it must come before."""
    done = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True)
    assert set(done.stdout.split()) == {"False"}, done.stderr
