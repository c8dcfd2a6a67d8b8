"""One process or many: what a process must know of the others, and how they begin and end.

`torchrun` starts the same program several times, on one machine or on several, and tells each
process its rank in the environment. Without it a `World` has one member, and nothing here does
anything.

    world = begin()
    ... each process computes the gradient of its share of the batch ...
    finish(world)
"""

import gc
import os
import sys
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed

__all__ = ["World", "begin", "finish"]


@dataclass(frozen=True)
class World:
    """The place of this process among `size`: its `rank` over all machines, `local` on this one."""

    rank: int = 0
    size: int = 1
    local: int = 0

    @property
    def leads(self):
        """Whether this process reports and writes for all."""
        return self.rank == 0

    def total(self, tensor):
        """Sum a tensor of any shape over all processes, in place, and return it."""
        if self.size > 1:
            distributed.all_reduce(tensor)
        return tensor

    def share(self, tensors):
        """Copy these tensors from the leading process to all others."""
        if self.size > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, 0)

    def any(self, flag):
        """Return whether `flag` is true in any process; all must call this at the same place."""
        if self.size == 1:
            return flag
        return bool(self.total(torch.tensor(int(flag), device=self.device())))

    def gather(self, value):
        """Return the values of all processes by rank; plain data, since they are pickled."""
        if self.size == 1:
            return [value]
        values = [None] * self.size
        distributed.all_gather_object(values, value)
        return values

    def wait(self):
        """Wait for all other processes."""
        if self.size > 1:
            distributed.barrier()

    def device(self):
        """Return the device on which tensors must be to reach other processes."""
        cuda = self.size > 1 and distributed.get_backend() == "nccl"
        return torch.device("cuda", self.local) if cuda else torch.device("cpu")


def begin(device="auto", minutes=10):
    """Join the other processes that torchrun started, if any, and return their `World`.

    device   "cpu" joins with gloo even where there are GPUs
    minutes  how long to wait for a process that doesn't answer
    """
    if distributed.is_available() and distributed.is_initialized():
        return World(distributed.get_rank(), distributed.get_world_size(), local_rank())
    if "RANK" not in os.environ or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return World()
    cuda = torch.cuda.is_available() and not str(device).startswith("cpu")
    if cuda:
        torch.cuda.set_device(local_rank())
    distributed.init_process_group(
        "nccl" if cuda else "gloo",
        store=make_store(timedelta(minutes=minutes)),
        rank=int(os.environ["RANK"]),
        world_size=int(os.environ["WORLD_SIZE"]),
        timeout=timedelta(minutes=minutes),
    )
    return World(distributed.get_rank(), distributed.get_world_size(), local_rank())


def make_store(timeout):
    """Return the store in which the processes leave each other their addresses.

    After a failure torchrun starts all processes again with the same store, which still has the
    addresses of the dead ones. So on one machine each start gets a part of the store to itself.
    (Several machines may have counted different numbers of starts; for them torchrun itself can
    open a new store, with TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1.)
    """
    store, *_ = next(distributed.rendezvous("env://", timeout=timeout))
    if os.environ.get("LOCAL_WORLD_SIZE") != os.environ["WORLD_SIZE"]:
        return store
    start = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    return distributed.PrefixStore(f"start {start}", store)


def local_rank():
    """Return the number of this process on its machine."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def finish(world, code=0):
    """End a program of many processes with this exit code; one process alone just returns it.

    PyTorch's communication threads can abort a process that ends in the ordinary way, although it
    has done everything right. So the processes wait for each other, and exit without cleaning up.
    """
    if world.size == 1:
        return code
    gc.collect()
    if code in (0, 130):  # all processes end alike: done, or interrupted and saved
        world.wait()
        distributed.destroy_process_group()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
