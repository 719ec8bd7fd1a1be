"""The command: usage errors, exit codes, and where its words go."""

import re
import sys
from pathlib import Path

import pytest

from synergy_lib import __version__, cli
from synergy_lib.errors import ReportError

ROOT = Path(__file__).resolve().parents[1]
DEMO = str(ROOT / "parameters" / "parks" / "demo_park.yml")


@pytest.fixture
def synergy(capsys, monkeypatch, tmp_path):
    """Return a function that runs the command; gives its end, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["synergy", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return end.value.code or 0, captured.out, captured.err

    return call


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["run"], "Missing argument"),
        (["run", DEMO, "--formt", "pdf"], "No such option: --formt"),
        (["run", DEMO, "--workers", "-1"], "--workers"),
        (["run", DEMO, "--workers", "two"], "--workers"),
        (["chek", DEMO], "No such command 'chek'"),
        (["check", DEMO, "extra"], "unexpected extra argument"),
    ],
)
def test_usage_errors(synergy, arguments, text):
    code, out, err = synergy(*arguments)
    assert code == 2
    assert out == ""
    assert text in err
    assert "--help" in err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["run", DEMO, "--format", "doc"],
            "--format：没有“doc”格式；应为：html、pdf、ipynb",
        ),
        (
            ["run", DEMO, "--format", ","],
            "--format：没有给出格式；应为：html、pdf、ipynb",
        ),
        (["run", DEMO, "--language", "fr"], "--language：没有“fr”语言；应为：zh 或 en"),
        (["template", "there.xlsx"], "there.xlsx：已经存在；应为：一个新的名字"),
        (["new", "there.xlsx"], "there.xlsx：已经存在；应为：一个新的名字"),
        (["template", "x.xls"], "x.xls：不是工作簿的文件名；应为：以 .xlsx 结尾"),
        (["status", "."], ".：没有运行记录；应为：synergy run 写出的文件夹"),
        (["check", "nothing.yml"], "nothing.yml：没有这个参数文件"),
    ],
)
def test_wrong_arguments_are_one_line(synergy, tmp_path, arguments, line):
    (tmp_path / "there.xlsx").touch()
    assert synergy(*arguments) == (2, "", f"{line}\n共 1 个问题；没有生成任何文件。\n")
    assert [item.name for item in tmp_path.iterdir()] == ["there.xlsx"]


def test_help_and_version(synergy):
    code, out, _ = synergy("--help")
    assert code == 0
    assert "check" in out
    assert synergy("version") == (0, f"synergy_lib {__version__}\n", "")
    assert synergy()[0] == 2


def test_check_lists_every_issue(synergy):
    code, out, err = synergy("check", DEMO)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    kinds = {line.split()[0] for line in lines[:-1]}
    assert kinds == {"存疑", "核实", "缺失"}
    assert lines[-1].startswith("82 家企业，406 个企业年；存疑 17 个，核实 ")
    suspect = [line for line in lines if line.startswith("存疑")]
    assert any("污染物!" in line and " 0015 2021 " in line for line in suspect)
    counted = sum(int(part.split()[1]) for part in lines[-1].split("；")[1].split("，"))
    assert counted == len(lines) - 1


def test_check_joins_the_problems_of_parameters_and_data(synergy, tmp_path):
    text = Path(DEMO).read_text(encoding="utf-8")
    text = text.replace("heat_cny_per_gj", "heat_cny_per_kj")
    (tmp_path / "run.yml").write_text(text, encoding="utf-8")
    code, _, err = synergy("check", "run.yml", "--data", "no.xlsx")
    lines = err.splitlines()
    assert code == 2
    assert "no.xlsx：没有这个文件" in lines[0]
    assert lines[1].startswith("prices heat_cny_per_kj：没有这个价格；")
    assert lines[1].endswith("最接近的是“heat_cny_per_gj”")
    code, _, err = synergy("run", "run.yml", "--out", "out")
    assert code == 2
    assert err.startswith("prices heat_cny_per_kj：没有这个价格；")
    assert not (tmp_path / "out").exists()


def test_an_enterprise_that_does_not_exist(synergy, tmp_path):
    code, out, err = synergy("run", DEMO, "--only", "9999", "--out", "out")
    assert (code, out) == (2, "")
    assert err.startswith("--only 9999：没有这个企业编号")
    assert not (tmp_path / "out").exists()


def test_a_report_error_is_one_line(synergy, monkeypatch):
    def fail(*_args, **_options):
        raise ReportError("no font")

    monkeypatch.setattr("synergy_lib.inputs.read_park", fail)
    assert synergy("check", DEMO) == (1, "", "no font\n")


def test_new_gives_a_folder_that_checks(synergy, tmp_path):
    code, out, err = synergy("new", "我的 园区")
    assert (code, err) == (0, "")
    folder = tmp_path / "我的 园区"
    assert (folder / "data" / "park.xlsx").is_file()
    assert list((folder / "notebooks").glob("*.ipynb"))
    assert "synergy run" in out
    run_file = folder / "parameters" / "parks" / "my_park.yml"
    code, _, err = synergy("check", run_file)
    assert code == 2
    assert "my_park.yml park_name_zh：还是模板中的占位文字，请填写" in err
    text = run_file.read_text(encoding="utf-8")
    assert "\n# prices:" in text  # no invented price gets into a real park
    assert "\n# policies:" in text
    assert "整改" not in text
    for key in ("park_name_zh", "park_name_en", "data_source"):
        text = re.sub(rf"^{key}: .*$", f"{key}: name", text, flags=re.MULTILINE)
    run_file.write_text(text, encoding="utf-8")
    code, _, err = synergy("check", run_file)
    assert code == 2
    assert err.splitlines()[0] == "park.xlsx 企业信息!A3：没有任何企业"


def test_template_in_both_languages(synergy, tmp_path):
    for language in ("zh", "en"):
        code, out, _ = synergy("template", f"{language}.xlsx", "--language", language)
        assert (code, out) == (0, f"已写出 {language}.xlsx\n")
        assert (tmp_path / f"{language}.xlsx").stat().st_size > 5000
