"""Where students' code runs: a process that can reach nothing, and what may pass its wall.

process          a process in bubblewrap, with limits of time and memory
seccomp          the calls that the kernel refuses it
student_process  the program in it
wire             the only things that cross: plain data
proxies          what a test holds in place of the student's functions
worker           a process that runs submissions, and knows neither folder nor gradebook
"""

__all__ = []
