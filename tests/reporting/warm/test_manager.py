import os

import pytest

from synergy_lib.reporting.warm.client import SERVER_VARIABLE
from synergy_lib.reporting.warm.manager import SynergyKernelManager


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory, monkeypatch):
    """Keep connection files and sockets out of the user's folder."""
    folder = tmp_path_factory.mktemp("r") / "r"
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)
    return folder


@pytest.mark.skipif(os.name != "posix", reason="Windows has no Unix sockets")
def test_kernels_talk_over_sockets_of_their_own(runtime):
    managers = [SynergyKernelManager() for _ in range(20)]
    assert {manager.transport for manager in managers} == {"ipc"}
    assert len({manager.ip for manager in managers}) == 20
    assert all(manager.ip.startswith(f"{runtime}/synergy-") for manager in managers)
    assert runtime.is_dir()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no Unix sockets")
def test_kernel_urls_name_no_network_port():
    manager = SynergyKernelManager()
    manager.shell_port = 1
    assert manager._make_url("shell").startswith("ipc:///")


@pytest.mark.skipif(os.name != "nt", reason="Unix has sockets")
def test_windows_kernels_listen_to_this_machine_only():
    manager = SynergyKernelManager()
    assert manager.transport == "tcp"
    assert manager.ip == "127.0.0.1"


def test_another_transport_may_be_chosen():
    manager = SynergyKernelManager(transport="tcp", ip="127.0.0.1")
    assert (manager.transport, manager.ip) == ("tcp", "127.0.0.1")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no Unix sockets")
def test_a_long_runtime_folder_gives_way_to_the_temporary_one(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / ("x" * 120)))
    assert len(SynergyKernelManager().ip) < 100


@pytest.mark.skipif(os.name != "posix", reason="Windows has no Unix sockets")
def test_a_servers_folder_holds_its_kernels_sockets_and_connection_files(
    tmp_path_factory, monkeypatch
):
    folder = tmp_path_factory.mktemp("s")
    monkeypatch.setenv(SERVER_VARIABLE, str(folder / "server"))
    manager = SynergyKernelManager()
    assert manager.ip.startswith(f"{folder}/")
    assert manager.connection_file.startswith(f"{folder}/")
    monkeypatch.setenv(SERVER_VARIABLE, str(folder / "gone" / "server"))
    assert not SynergyKernelManager().ip.startswith(str(folder))
