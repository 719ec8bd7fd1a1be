"""Techniques: what they would change here, and what that costs."""
