"""What a notebook says, as blocks that do not know HTML or PDF."""
