"""One run: prepare, plan, build what is out of date, and say how it goes."""
