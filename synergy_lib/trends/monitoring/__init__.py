"""Monitoring of a park by month or day: trend, exceedances, gaps."""
