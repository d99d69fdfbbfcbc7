"""The environment is made from what is pinned and hashed, and what is missing is named."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from dps.embedded.supervisor import ROOT

WHEEL = "kept-1.0-py3-none-any.whl"
METADATA = "Metadata-Version: 2.1\nName: kept\nVersion: 1.0\n"
TAGS = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def checkout(tmp_path):
    """A checkout that needs one package, a wheel beside it."""
    root = tmp_path / "checkout"
    (root / "dps" / "embedded").mkdir(parents=True)
    shutil.copy(ROOT / "dps" / "embedded" / "install.py", root / "dps" / "embedded")
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr("kept.py", "WORD = 'kept'\n")
        wheel.writestr("kept-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("kept-1.0.dist-info/WHEEL", TAGS)
        wheel.writestr("kept-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256((tmp_path / WHEEL).read_bytes()).hexdigest()
    pin(root, digest)
    return root


def pin(root, digest):
    (root / "requirements.txt").write_text(f"kept==1.0 \\\n    --hash=sha256:{digest}\n")


def install(root, purpose="run", **given):
    """Install, with nothing to fetch from but the folder above the checkout."""
    given = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(root.parent)} | given
    return subprocess.run(
        [sys.executable, root / "dps" / "embedded" / "install.py", purpose],
        env=os.environ | given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def word_of(root):
    asked = [root / ".venv" / "bin" / "python", "-c", "import kept; print(kept.WORD)"]
    return subprocess.run(asked, capture_output=True, text=True).stdout


def test_it_is_made_once_and_again_when_it_was_moved(checkout):
    first = install(checkout)
    assert first.returncode == 0, first.stderr
    assert "Installing 1 Python packages, pinned and hashed" in first.stdout
    assert word_of(checkout) == "kept\n"

    assert install(checkout).stdout == ""

    moved = checkout.rename(checkout.parent / "moved")
    assert "Making the Python environment" in install(moved).stdout
    assert word_of(moved) == "kept\n"


def test_what_does_not_match_its_hash_is_not_installed(checkout):
    pin(checkout, "0" * 64)
    refused = install(checkout)
    assert refused.returncode == 1
    assert refused.stderr.startswith("The Python packages could not be installed: ERROR: ")
    assert refused.stderr.count("\n") == 1
    assert word_of(checkout) == ""


def test_where_nothing_can_be_installed_what_is_missing_is_named_in_one_line(checkout, tmp_path):
    (tmp_path / "nothing").mkdir()
    refused = install(checkout, "test", PATH=str(tmp_path / "nothing"), CHROMIUM="")
    assert refused.returncode == 1
    assert refused.stderr == (
        "Install these, then run this again: chromium-headless-shell"
        " or say where one is with CHROMIUM=\n"
    )


def test_on_debian_what_is_missing_is_installed_by_root(checkout, tmp_path):
    """`apt-get` here writes down what it was asked; `sudo` lets anyone be root."""
    programs = tmp_path / "programs"
    programs.mkdir()
    asked = tmp_path / "asked"
    scripts = {
        "apt-get": f'#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >> {asked}\n[ "$2" = update ]\n',
        "sudo": '#!/bin/sh\nshift\nexec "$@"\n',
        "true": "#!/bin/sh\n",
        "env": f'#!/bin/sh\nexec {shutil.which("env")} "$@"\n',
    }
    for name, script in scripts.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    refused = install(checkout, "test", PATH=str(programs), CHROMIUM="")
    assert asked.read_text() == (
        "noninteractive -qq update\n"
        "noninteractive -qq install -y --no-install-recommends chromium-headless-shell\n"
    )
    assert refused.stdout == "Installing system packages: chromium-headless-shell\n"
    failed = "The system packages chromium-headless-shell could not be installed: "
    assert refused.stderr.startswith(failed)


def test_a_browser_that_is_named_must_be_there(checkout):
    assert install(checkout, "test", CHROMIUM="/nowhere/chromium").stderr == (
        "CHROMIUM names /nowhere/chromium, which is not a program\n"
    )
