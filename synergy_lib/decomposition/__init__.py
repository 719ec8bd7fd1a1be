"""What moved an emission between years: logarithmic mean Divisia decomposition."""
