"""Reports on the synergy of cutting pollution and carbon (减污降碳协同增效).

The package turns one park's yearly data into an analysis (energy, carbon,
pollutants, a composite index, trends, techniques) and the analysis into reports.
Data flows one way: ``inputs`` → ``accounting`` → ``indicators`` → ``scoring``,
``trends``, ``techniques``, ``park`` → ``pipeline`` → ``figures`` and ``reporting``.

Importing the package loads nothing heavy; import the submodule you need.
"""

__version__ = "0.1.0"
