"""Cells that several reports share, and the chapters that take more than a cell."""
