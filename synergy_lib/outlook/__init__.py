"""Where a park is heading: targets, gaps, scenarios, elasticities."""
