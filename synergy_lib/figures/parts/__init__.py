"""What the figure modules share."""
