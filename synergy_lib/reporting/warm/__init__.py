"""Warm kernels: real Jupyter kernels, forked from a process that has the libraries.

Starting a kernel and importing pandas and matplotlib takes longer than drawing a
report. A server process imports them once and forks a kernel for each notebook: a
process of its own with its own memory, sockets, temporary folder and random state.
Where a process cannot be forked safely (Windows, macOS) ordinary kernels are started
and the reports are the same.
"""

from synergy_lib.reporting.warm.manager import SynergyKernelManager

__all__ = ["SynergyKernelManager"]
