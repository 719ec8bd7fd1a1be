"""How sure scores, ranks, grades and colours are, and which choices they rest on."""
