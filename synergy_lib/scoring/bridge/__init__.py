"""Why a score changed since last year's report: the change shared among causes."""
