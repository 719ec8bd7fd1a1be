"""What a park decides: allocation, exchanges, comparison with plants alike."""
