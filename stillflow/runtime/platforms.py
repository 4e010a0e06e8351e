"""What compiled code costs on the platforms that it may run on, and what pays there.

All that is particular to a platform stands in this one table. Times are in microseconds, rates per
microsecond.

Those of CPU are rounded from measurements on two cores of a current x86-64 server. Those of GPU
were not measured. They follow from the datasheet of a slow device, NVIDIA's T4: 320 GB/s and 8.1
TFLOP/s, of which 0.6 and 0.5 are taken for reached; PCIe 3.0 x16, of whose 15.75 GB/s ordinary
memory gets some 6; a kernel's launch of about 4 us, of which three steps share one since XLA fuses
them; a CUDA context with its libraries, 2.5 s. A faster device makes every compiled run cheaper,
which moves the switch to compiled code to an earlier run and changes no result.
"""

from __future__ import annotations

from typing import NamedTuple

from stillflow.runtime import accelerators


class Platform(NamedTuple):
    """A kind of device.

    Attributes:
      run: calling compiled code.
      step: what a step adds to that.
      start: loading the compiler and what it needs, once.
      compile_step: compiling a step.
      bytes, flops: what compiled code reads and writes, and computes.
      transfer: what moving a value between the host and the device takes, however small it is.
      transfer_bytes: how much is moved; infinite where both share their memory.
      packed_elements: of a variable, as long as it shares a buffer; an argument of its own costs
        less than copying more.
      light_steps, light_elements: what both sides of a choice come to, for both to be computed.
      lays_out_windows: whether a window larger than its image is multiplied as a matrix.
      threads_loops: whether loops that do not need each other run on several threads.
      narrow_words: whether random numbers are made of words in 32 bits. LLVM's back end for NVIDIA
        makes of two of a Philox block's 20 products one instruction where they are in 64 bits, and
        of all 20 where they are widened for the product; a processor is half as fast again with
        words in 64 bits (measured).
    """

    run: float
    step: float
    start: float
    compile_step: float
    bytes: float
    flops: float
    transfer: float
    transfer_bytes: float
    packed_elements: int
    light_steps: int
    light_elements: int
    lays_out_windows: bool
    threads_loops: bool
    narrow_words: bool

    def moving(self, values: int, nbytes: float) -> float:
        """What it takes to move so many values of so many bytes in all."""
        return self.transfer * values + nbytes / self.transfer_bytes


PLATFORMS = {
    "cpu": Platform(
        run=25.0,
        step=0.0,
        start=500_000.0,
        compile_step=5_000.0,
        bytes=12_000.0,
        flops=100_000.0,
        transfer=0.0,
        transfer_bytes=float("inf"),
        packed_elements=4_096,
        light_steps=16,
        light_elements=16_384,
        lays_out_windows=True,
        threads_loops=True,
        narrow_words=False,
    ),
    "gpu": Platform(
        run=25.0,
        step=1.3,
        start=2_500_000.0,
        compile_step=10_000.0,  # each fusion is assembled, and products are tuned
        bytes=200_000.0,
        flops=4_000_000.0,
        transfer=10.0,
        transfer_bytes=6_000.0,
        packed_elements=32_768,  # 128 KiB are read and written in about an argument's 1 us
        light_steps=64,
        light_elements=1_000_000,  # a branch waits some 20 us for the host to see its condition
        lays_out_windows=False,
        threads_loops=False,
        narrow_words=True,
    ),
}


def current() -> Platform:
    """The platform that compiled runs of this process are on."""
    return PLATFORMS[accelerators.platform()]
