"""Who builds reports: processes of this machine, or the workers of a cluster."""
