"""Whether carbon and pollution go together, between enterprises and over years."""
