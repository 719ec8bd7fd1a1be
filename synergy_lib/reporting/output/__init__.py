"""The folder of reports: ledger, manifest, portal, annexes, publishing in one step."""
