"""A park's cap shared among its enterprises, and what they may transfer."""
