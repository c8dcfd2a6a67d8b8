"""Where students' code runs: a process that can reach nothing, and what may leave it.

process          a process in bubblewrap, with limits on time and memory
seccomp          the system calls that the kernel refuses it
student_process  the program that runs in it
wire             messages between the two: plain data only
proxies          what a test holds in place of the student's functions
worker           a process that runs submissions, and knows neither folder nor gradebook
"""

__all__ = []
