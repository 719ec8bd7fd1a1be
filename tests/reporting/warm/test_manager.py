import asyncio
import os
from queue import Empty

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from synergy_lib.reporting.warm import client
from synergy_lib.reporting.warm.client import SERVER_VARIABLE, can_fork
from synergy_lib.reporting.warm.manager import (
    SynergyKernelClient,
    SynergyKernelManager,
    WarmProvisioner,
)
from synergy_lib.resources import data_path


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory, monkeypatch):
    """Keep connection files and sockets out of the user's folder."""
    folder = tmp_path_factory.mktemp("r") / "r"
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)
    monkeypatch.setattr(client, "_own_servers", [])
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


@pytest.mark.skipif(not can_fork(), reason="kernels are not forked here")
def test_the_shipped_kernel_is_forked_and_can_be_restarted():
    """As JupyterLab starts it: by its specification, over TCP."""
    specs = KernelSpecManager(kernel_dirs=[str(data_path("kernels"))])
    manager = KernelManager(kernel_name="synergy-warm", kernel_spec_manager=specs)
    manager.start_kernel()
    try:
        assert isinstance(manager.provisioner, WarmProvisioner)
        assert loaded(manager) == ["'matplotlib.backends.backend_svg'"]
        first = manager.provisioner.pid
        manager.restart_kernel(now=True)
        assert loaded(manager) == ["'matplotlib.backends.backend_svg'"]
        assert manager.provisioner.pid != first
    finally:
        manager.shutdown_kernel(now=True)


def loaded(manager):
    """Return what a kernel answers when asked which of two modules it has."""
    talker = manager.blocking_client()
    talker.start_channels()
    talker.wait_for_ready(timeout=60)
    answers = []
    code = "import sys; [m for m in sys.modules if m.endswith('backend_svg')][0]"
    talker.execute_interactive(
        code,
        timeout=30,
        output_hook=lambda m: answers.append(m["content"].get("data", {})),
    )
    talker.stop_channels()
    return [data["text/plain"] for data in answers if data]


def test_a_kernel_that_dies_at_once_is_said_to_have_died():
    talker = SynergyKernelClient()
    talker.is_alive = dead
    talker.kernel_info = lambda: "request"
    talker.get_iopub_msg = nothing
    with pytest.raises(RuntimeError, match="Kernel died"):
        asyncio.run(talker.wait_for_ready(timeout=1))
    talker.is_alive = alive
    with pytest.raises(RuntimeError, match=r"didn't respond in 0\.2 seconds"):
        asyncio.run(talker.wait_for_ready(timeout=0.2))


async def dead():
    return False


async def alive():
    return True


async def nothing(timeout):
    await asyncio.sleep(timeout)
    raise Empty
