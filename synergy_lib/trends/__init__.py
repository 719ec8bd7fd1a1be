"""Trends: what a short annual series allows one to say."""
