"""One process or many: what a process must know of the others, and how all begin and end.

`torchrun` starts the same program several times, on one machine or on several, and says in the
environment who is who. Without it a `World` has one member, and nothing here does anything.

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
    """Who this process is among how many: `rank` counts over all machines, `local` on this one."""

    rank: int = 0
    size: int = 1
    local: int = 0

    @property
    def leads(self):
        """Whether this process speaks and writes for all."""
        return self.rank == 0

    def total(self, tensor):
        """The sum of a tensor of any shape over all processes, in place."""
        if self.size > 1:
            distributed.all_reduce(tensor)
        return tensor

    def share(self, tensors):
        """Give every process what the leading one has in these tensors."""
        if self.size > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, 0)

    def any(self, flag):
        """Whether `flag` is true in any process; all must ask at the same place."""
        if self.size == 1:
            return flag
        return bool(self.total(torch.tensor(int(flag), device=self.device())))

    def gather(self, value):
        """The values of all processes, in order of rank; plain data, since they are pickled."""
        if self.size == 1:
            return [value]
        values = [None] * self.size
        distributed.all_gather_object(values, value)
        return values

    def wait(self):
        """Wait for all others."""
        if self.size > 1:
            distributed.barrier()

    def device(self):
        """Where the processes' own messages must lie."""
        cuda = self.size > 1 and distributed.get_backend() == "nccl"
        return torch.device("cuda", self.local) if cuda else torch.device("cpu")


def begin(device="auto", minutes=10):
    """The `World` that this process belongs to; under torchrun, joined with the others.

    device   "cpu" joins with gloo even where there are GPUs
    minutes  how long to wait for one that doesn't answer
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
        store=meeting_place(timedelta(minutes=minutes)),
        rank=int(os.environ["RANK"]),
        world_size=int(os.environ["WORLD_SIZE"]),
        timeout=timedelta(minutes=minutes),
    )
    return World(distributed.get_rank(), distributed.get_world_size(), local_rank())


def meeting_place(timeout):
    """Where the processes leave each other their addresses, as torchrun told them.

    After a failure torchrun starts all again with the same store, in which the addresses of the
    dead still stand. So on one machine each start has a part of it to itself. (Several machines
    may have counted different numbers of starts; for them torchrun itself can open a new store,
    with TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1.)
    """
    store, *_ = next(distributed.rendezvous("env://", timeout=timeout))
    if os.environ.get("LOCAL_WORLD_SIZE") != os.environ["WORLD_SIZE"]:
        return store
    start = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    return distributed.PrefixStore(f"start {start}", store)


def local_rank():
    """The number of this process on its machine."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def finish(world, code=0):
    """End a program of many processes with this exit code; one process alone just returns it.

    The communication threads of PyTorch can abort a process that ends in the ordinary way after it
    has done everything right. So all wait for each other, and leave without looking back.
    """
    if world.size == 1:
        return code
    gc.collect()
    if code in (0, 130):  # all end alike: done, or interrupted and saved
        world.wait()
        distributed.destroy_process_group()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
