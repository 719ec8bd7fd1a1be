"""From results to documents: tables, sentences, notebooks, reports, workbooks."""
