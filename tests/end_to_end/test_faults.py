"""Whatever breaks a run, at whatever moment: no half report, and the next run heals it."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from .conftest import IDS, group_is_gone, tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills and mounts of Unix")

INTERRUPTED = "已中断。已完成的报告保持完好，再次运行即续做其余的。"
VICTIMS = ("run", "worker", "kernel", "server")
# How long a run of the small project takes; kills fall evenly into it. [s]
DURATION_S = 6.0


def processes(run: subprocess.Popen, kind: str) -> list[psutil.Process]:
    """Return the processes of a run that play a part in it."""
    found = []
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            words = " ".join(process.cmdline())
            is_forked = process.parent() and "warm.server" in " ".join(
                process.parent().cmdline()
            )
        except psutil.Error:
            continue
        if "warm.server" in words:
            part = "kernel" if is_forked else "server"
        elif "spawn_main" in words:
            part = "worker"
        else:
            continue
        if part == kind:
            found.append(process)
    return found


def kill_one(run: subprocess.Popen, kind: str, chance: random.Random) -> None:
    """Kill a process of a kind, the run itself if there is none yet."""
    if run.poll() is not None:
        return
    victims = processes(run, kind) if kind != "run" else []
    try:
        if victims:
            chance.choice(victims).kill()
        else:
            run.kill()
    except psutil.NoSuchProcess:
        pass


def check_no_half_report(folder: Path, good: dict[str, str]) -> None:
    """Assert that each report in place is whole and what it should be."""
    for report in folder.glob("enterprises/*"):
        names = {path.name for path in report.iterdir()}
        assert names == {f"diagnostic.{s}" for s in ("html", "pdf", "ipynb")}
    for name, digest in tree(folder).items():
        is_hidden = any(part.startswith(".") for part in Path(name).parts)
        if not is_hidden and not name.startswith("failed/"):
            # The portal lists what there is when it is written.
            assert good.get(name) == digest or name == "index.html", name


def break_runs(project, folder: Path, good, chance: random.Random, kills: int) -> None:
    """Break one run after another in one folder, then let one finish."""
    out = folder / "demo_park" / "2024"
    for number in range(kills):
        kind = VICTIMS[number % len(VICTIMS)]
        run = project.start(folder)
        time.sleep(chance.uniform(0.2, DURATION_S))
        kill_one(run, kind, chance)
        _, errors = run.communicate(timeout=60)
        assert run.returncode in (0, 1, 3, -signal.SIGKILL), errors
        assert "Traceback" not in errors
        if out.exists():
            check_no_half_report(out, good)
    last = project.run(folder)
    assert last.returncode == 0, last.stderr
    assert tree(out) == good
    assert not (out / "failed").exists()


@pytest.mark.parametrize("seed", range(2))
def test_killed_runs_are_made_whole_by_the_next(project, unbroken, tmp_path, seed):
    break_runs(project, tmp_path, unbroken, random.Random(seed), kills=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_fifty_kills(project, unbroken, tmp_path, seed):
    break_runs(project, tmp_path, unbroken, random.Random(seed), kills=5)


def test_nothing_outlives_a_killed_run(project, tmp_path):
    run = project.start(tmp_path)
    deadline = time.monotonic() + 30
    while not processes(run, "kernel") and time.monotonic() < deadline:
        time.sleep(0.05)
    family = psutil.Process(run.pid).children(recursive=True)
    assert len(family) >= 4
    run.kill()
    run.communicate()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


@pytest.mark.parametrize("seconds", [1.0, 3.0, 4.5])
def test_ctrl_c_ends_everything_within_two_seconds(
    project, unbroken, tmp_path, seconds
):
    run = project.start(tmp_path)
    time.sleep(seconds)
    family = psutil.Process(run.pid).children(recursive=True)
    pressed = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=20)
    took = time.monotonic() - pressed
    assert run.returncode == 130
    assert took < 2.0
    assert errors.splitlines()[-1:] in ([], [INTERRUPTED])
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    assert group_is_gone(run.pid)
    folder = tmp_path / "demo_park" / "2024"
    assert not list(folder.glob(".staging-*"))
    if folder.exists():
        check_no_half_report(folder, unbroken)


def test_the_second_of_two_runs_is_refused(project, unbroken, tmp_path):
    first = project.start(tmp_path)
    folder = tmp_path / "demo_park" / "2024"
    deadline = time.monotonic() + 30
    while not list(folder.glob(".staging-*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    # The first waits, so that it cannot be over before the second gets there.
    first.send_signal(signal.SIGSTOP)
    second = project.run(tmp_path)
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 1
    assert "正由另一个运行写入" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    _, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors
    assert tree(folder) == unbroken


def in_namespace(script: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a shell script that may mount file systems nobody else sees."""
    program = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"]
    if os.geteuid() == 0:
        program = ["unshare", "--mount", "sh", "-ec"]
    if not shutil.which("unshare"):
        pytest.skip("no unshare here")
    probe = subprocess.run(
        [*program, "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False
    )
    if probe.returncode:
        pytest.skip("this system lets tests mount nothing")
    return subprocess.run(
        [*program, script, "sh", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("kilobytes", [300, 900])
def test_a_full_disk_leaves_nothing_half(project, unbroken, tmp_path, kilobytes):
    out = tmp_path / "out"
    out.mkdir()
    script = f"""
mount -t tmpfs -o size={kilobytes}k tmpfs "{out}"
set +e
"$@" > "{tmp_path}/first" 2>&1
echo $? > "{tmp_path}/code"
set -e
cp -a "{out}" "{tmp_path}/then"
mount -o remount,size=200m tmpfs "{out}"
"$@" > "{tmp_path}/second" 2>&1
cp -a "{out}" "{tmp_path}/after"
"""
    done = in_namespace(script, *project.arguments(out))
    said = (tmp_path / "first").read_text(encoding="utf-8")
    assert done.returncode == 0, done.stderr + said
    assert (tmp_path / "code").read_text().strip() in ("1", "3")
    assert "No space left on device" in said
    assert "Traceback" not in said
    folder = Path("demo_park") / "2024"
    if (tmp_path / "then" / folder).exists():
        check_no_half_report(tmp_path / "then" / folder, unbroken)
    assert tree(tmp_path / "after" / folder) == unbroken


def test_a_read_only_folder_is_said_to_be_so(project, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    script = f"""
mount -t tmpfs tmpfs "{out}"
mount -o remount,ro tmpfs "{out}"
set +e
"$@" 2> "{tmp_path}/said"
echo $? > "{tmp_path}/code"
"""
    done = in_namespace(script, *project.arguments(out))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "code").read_text().strip() == "2"
    lines = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert "不能写入：Read-only file system" in lines[0]
    assert lines[1] == "共 1 个问题；没有生成任何文件。"


def test_a_failed_report_is_built_by_failed_once_it_can_be(project, unbroken, tmp_path):
    from .conftest import write_notebooks

    own = shutil.copytree(project.folder, tmp_path / "own")
    broken = type(project)(own)
    write_notebooks(
        own / "notebooks",
        "import time; assert not slice_path.endswith('0003.json'), 'planted'",
    )
    out = tmp_path / "out"
    folder = out / "demo_park" / "2024"
    assert broken.run(out).returncode == 3
    shutil.copytree(project.folder / "notebooks", own / "notebooks", dirs_exist_ok=True)
    again = broken.run(out, "--failed", ids=())
    assert again.returncode == 0, again.stderr
    assert "完成 1 份报告" in again.stdout
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.count("报告早于当前数据") == len(IDS) - 1
    assert broken.run(out).returncode == 0
    assert tree(folder) == unbroken


def test_touched_files_of_another_format_do_not_stay(project, tmp_path):
    one = {"ids": IDS[:1]}
    assert project.run(tmp_path, **one).returncode == 0
    report = tmp_path / "demo_park" / "2024" / "enterprises" / IDS[0]
    (report / "diagnostic.pdf").write_bytes(b"touched")
    (report / "note.txt").write_text("mine")
    again = project.run(tmp_path, "--format", "html", **one)
    assert "文件缺失或被改动：1 份" in again.stderr
    names = {path.name for path in report.iterdir()}
    assert names == {"diagnostic.html", "diagnostic.ipynb", "note.txt"}
    assert "没有要做的" in project.run(tmp_path, "--format", "html", **one).stdout
