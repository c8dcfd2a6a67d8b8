"""A seccomp filter for the sandbox: the kernel refuses the system calls that no exercise needs.

bubblewrap takes the filter as a program for the kernel's packet filter (classic BPF, see seccomp(2)
and linux/filter.h). It refuses new namespaces and mounts, which expose more of the kernel to the
processes in them, memory that no limit counts (memfd, shared memory: it can be held by a process
that doesn't use it), and calls for debuggers and administrators. The numbers are those of the
kernel's tables for the two processors below; on others there is no filter, and the rest of the
sandbox remains.
"""

import platform
import struct

__all__ = ["program"]

EPERM, ENOSYS = 1, 38
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
NEW_USER = 0x10000000  # CLONE_NEWUSER
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, FOURTH_ARGUMENT = (
    0,
    4,
    16,
    40,
)  # offsets in the data that the filter sees
X32 = 0x40000000  # numbers of a second table on x86-64

# io_uring_setup, -_enter, -_register, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick,
# mount_setattr, memfd_secret: the same on both
COMMON = (425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 447)
# name -> (x86-64, arm64)
REFUSED = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "init_module": (175, 105),
    "kcmp": (312, 272),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "mount": (165, 40),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
CLONE, CLONE3 = (56, 220), 435
MMAP, MAP_SHARED, MAP_ANONYMOUS = (9, 222), 0x01, 0x20
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH_*


def program(machine: str | None = None) -> bytes | None:
    """Return the filter for `bwrap --seccomp`; None on a processor whose calls aren't known."""
    column, architecture = MACHINES.get(machine or platform.machine(), (None, None))
    if column is None:
        return None
    refused = [*COMMON, *(numbers[column] for numbers in REFUSED.values())]
    steps = [
        step(LOAD, ARCHITECTURE),
        step(EQUAL, architecture, yes=1),
        step(RETURN, REFUSE | EPERM),  # another table of numbers: refuse everything
        step(LOAD, NUMBER),
    ]
    if column == 0:
        steps += [step(AT_LEAST, X32, no=1), step(RETURN, REFUSE | EPERM)]
    for number in refused:
        steps += [step(EQUAL, number, no=1), step(RETURN, REFUSE | EPERM)]
    # Its flags are in memory, where a filter can't look. The C library falls back to clone.
    steps += [step(EQUAL, CLONE3, no=1), step(RETURN, REFUSE | ENOSYS)]
    steps += [
        step(EQUAL, MMAP[column], no=5),
        step(LOAD, FOURTH_ARGUMENT),
        step(ANY_BIT, MAP_ANONYMOUS, no=2),
        step(ANY_BIT, MAP_SHARED, no=1),
        step(RETURN, REFUSE | EPERM),
        step(RETURN, ALLOW),
        step(EQUAL, CLONE[column], no=3),
        step(LOAD, FIRST_ARGUMENT),
        step(ANY_BIT, NEW_USER, no=1),
        step(RETURN, REFUSE | EPERM),
        step(RETURN, ALLOW),
    ]
    return b"".join(steps)


def step(code: int, value: int, yes=0, no=0) -> bytes:
    """Return an instruction; yes, no: how many to skip if its comparison holds, and if not."""
    return struct.pack("=HBBI", code, yes, no, value)
