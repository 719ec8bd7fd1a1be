"""Any notebook runs in warm kernels through plain papermill."""

import nbformat
import papermill
import pytest
from papermill.iorw import papermill_io

from synergy_lib.reporting.warm import engine
from synergy_lib.reporting.warm.manager import WarmProvisioner

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
}


@pytest.fixture
def notebook(tmp_path):
    cells = [
        nbformat.v4.new_code_cell("number = 1", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "import os, random, sys, tempfile\n"
            "print(number, 'matplotlib' in sys.modules)\n"
            "print(tempfile.gettempdir()); print(random.random()); print(os.getpid())"
        ),
    ]
    path = tmp_path / "in.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), path)
    return path


def execute(notebook, output, **parameters):
    """Execute a notebook through the engine, as a user of papermill does."""
    return papermill.execute_notebook(
        str(notebook),
        str(output),
        parameters=parameters or None,
        engine_name="synergy",
        kernel_name="python3",
        progress_bar=False,
    )


def run(notebook, number):
    result = execute(notebook, notebook.with_name(f"out{number}.ipynb"), number=number)
    return "".join(part["text"] for part in result.cells[-1].outputs).splitlines()


def test_engine_runs_a_foreign_notebook_in_isolated_kernels(notebook):
    first, second = run(notebook, 3), run(notebook, 4)
    assert first[0].split()[0] == "3"
    assert second[0].split()[0] == "4"
    # temporary folder, random state and process are each kernel's own
    for own, other in zip(first[1:], second[1:], strict=True):
        assert own != other


def test_engine_reports_a_dead_kernel(tmp_path):
    cell = nbformat.v4.new_code_cell("import os, signal; os.kill(os.getpid(), 9)")
    path = tmp_path / "dead.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=METADATA), path)
    with pytest.raises(Exception, match=r"[Kk]ernel died"):
        execute(path, tmp_path / "out.ipynb")


@pytest.mark.parametrize(
    "source", ["plt.plot([1, 2]);", "import pandas as pd; pd.Series([1, 2]).plot()"]
)
def test_plots_are_shown_as_in_a_kernel_started_anew(tmp_path, source):
    cell = nbformat.v4.new_code_cell(f"import matplotlib.pyplot as plt\n{source}")
    path = tmp_path / "plot.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=METADATA), path)
    result = execute(path, tmp_path / "out.ipynb")
    kinds = [set(part.get("data", {})) for part in result.cells[-1].outputs]
    assert any("image/png" in kind for kind in kinds)


class Store:
    """Notebooks in memory, where papermill's handlers keep theirs in the cloud."""

    def __init__(self):
        self.files = {}

    def read(self, path):
        return self.files[path]

    def write(self, text, path):
        self.files[path] = text

    def listdir(self, path):
        return [name for name in self.files if name.startswith(path)]

    def pretty_path(self, path):
        return path


def test_papermills_own_stores_are_read_and_written(notebook):
    store = Store()
    papermill_io.register("memory://", store)
    store.files["memory://in.ipynb"] = notebook.read_text(encoding="utf-8")
    execute("memory://in.ipynb", "memory://out.ipynb", number=7)
    done = nbformat.reads(store.files["memory://out.ipynb"], as_version=4)
    text = "".join(part["text"] for part in done.cells[-1].outputs)
    assert text.startswith("7 ")


def test_a_kernel_that_does_not_start_is_tried_again(notebook, monkeypatch):
    attempts = []
    launch = WarmProvisioner.launch_kernel

    async def launch_late(self, cmd, **kwargs):
        attempts.append(cmd)
        if len(attempts) < 3:
            raise RuntimeError("no kernel yet")
        return await launch(self, cmd, **kwargs)

    monkeypatch.setattr(WarmProvisioner, "launch_kernel", launch_late)
    assert run(notebook, 5)[0].split()[0] == "5"
    assert len(attempts) == 3
    attempts.clear()
    monkeypatch.setattr(engine, "START_ATTEMPTS", 2)
    with pytest.raises(RuntimeError, match="no kernel yet"):
        run(notebook, 5)
    assert len(attempts) == 2


def test_a_cell_that_fails_is_not_tried_again(tmp_path):
    trace = tmp_path / "trace"
    cell = nbformat.v4.new_code_cell(f"open({str(trace)!r}, 'a').write('x'); 1 / 0")
    path = tmp_path / "bad.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=METADATA), path)
    with pytest.raises(Exception, match="ZeroDivisionError"):
        execute(path, tmp_path / "out.ipynb")
    assert trace.read_text() == "x"
