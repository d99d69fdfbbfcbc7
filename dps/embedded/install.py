"""Makes .venv and sees to the system's packages: `python3 dps/embedded/install.py run|test`.

Runs before anything is installed, on whatever Python is there: the standard library alone.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOG = ROOT / "var" / "log" / "install.log"
NEEDS = {"run": ("requirements.txt", 700), "test": ("requirements-dev.txt", 1300)}  # megabytes
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
MAC_LIBRARIES = {"libpango-1.0.dylib": "pango", "libharfbuzz-subset.dylib": "harfbuzz"}
FONT = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "~/.fonts")
HEADLESS = "chromium-headless-shell"  # in Debian; half the work of one that could have a window
BROWSERS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Problem(Exception):
    """What is in the way and what to do about it, in one line."""


def main(purpose):
    if sys.version_info < (3, 11):
        found = ".".join(map(str, sys.version_info[:2]))
        raise Problem(f"Python 3.11 or later is needed, this is {found}: make {purpose} PYTHON=...")
    LOG.parent.mkdir(parents=True, exist_ok=True)
    packages = missing_packages(purpose)
    if packages:
        install_packages(packages)
    requirements, space = NEEDS[purpose]
    if is_installed(requirements):
        return
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < space:
        raise Problem(f"{free} MB free for {ROOT}, {space} needed: make room and run this again")
    if not is_ours():
        say("Making the Python environment in .venv")
        call([sys.executable, "-m", "venv", "--clear", str(VENV)], "The environment failed")
    install_requirements(requirements)
    done = {requirements}
    if purpose == "test":
        done.add("requirements.txt")  # it is part of the other, at the same versions
    STAMP.write_text("\n".join([str(VENV), *sorted(map(fingerprint, done))]))


def say(words):
    print(words, flush=True)


def fingerprint(requirements):
    return hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()


def is_installed(requirements):
    return is_ours() and STAMP.exists() and fingerprint(requirements) in STAMP.read_text()


def is_ours():
    """Whether .venv was made here (not moved or copied) and its Python still runs."""
    try:
        asked = [PYTHON, "-c", "import pip, sys; print(sys.prefix)"]
        told = subprocess.run(asked, capture_output=True, text=True)
    except OSError:
        return False
    moved = STAMP.exists() and STAMP.read_text().split("\n")[0] != str(VENV)
    return told.returncode == 0 and told.stdout.strip() == str(VENV) and not moved


def missing_packages(purpose):
    """The system's packages that are not there, by their names in Debian (or Homebrew)."""
    libraries = MAC_LIBRARIES if sys.platform == "darwin" else LIBRARIES
    missing = [package for library, package in libraries.items() if not loads(library)]
    fonts = (found for folder in FONT_FOLDERS for found in Path(folder).expanduser().rglob("*.?tf"))
    if sys.platform != "darwin" and not next(fonts, None):
        missing.append(FONT)
    if not is_ours() and not has_venv():
        missing.append("python3-venv")
    if purpose == "test" and not browser():
        missing.append(HEADLESS)
    return missing


def loads(library):
    folders = ("", "/opt/homebrew/lib/", "/usr/local/lib/") if sys.platform == "darwin" else ("",)
    for folder in folders:
        try:
            return bool(ctypes.CDLL(folder + library))
        except OSError:
            continue
    return False


def has_venv():
    asked = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(asked, capture_output=True).returncode == 0


def browser():
    """The path of the browser that the tests drive, if there is one."""
    named = os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        raise Problem(f"CHROMIUM names {named}, which is not a program")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def install_packages(packages):
    names = " ".join(packages)
    advice = "or say where one is with CHROMIUM=" if HEADLESS in packages else ""
    if not shutil.which("apt-get"):
        raise Problem(f"Install these, then run this again: {names} {advice}".strip())
    become = [] if os.getuid() == 0 else sudo()
    if become is None:
        asked = f"apt-get install --no-install-recommends {names}"
        raise Problem(f"An administrator has to run this first: {asked} {advice}".strip())
    say(f"Installing system packages: {names}")
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    call([*apt, "update"], "The list of system packages could not be fetched")
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    call(install, f"The system packages {names} could not be installed")


def sudo():
    """How to become root: without a question, or by asking a person who is there."""
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() else None


def install_requirements(requirements):
    """Install what is pinned, and nothing whose hash is not listed. One line in ten is shown, or
    on a terminal a line that counts."""
    wanted = [line.split()[0] for line in (ROOT / requirements).open() if "==" in line]
    say(f"Installing {len(wanted)} Python packages, pinned and hashed (a minute or two)")
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", ROOT / requirements]
    seen = 0
    with LOG.open("a") as log:
        pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in pip.stdout:
            log.write(line)
            if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied: ")):
                seen += 1
                show(seen, len(wanted))
            elif line.startswith("Installing collected"):
                say("  all fetched and checked; unpacking")
    if pip.wait():
        raise Problem(f"The Python packages could not be installed: {last_error()} ({LOG})")


def show(seen, wanted):
    if sys.stdout.isatty():
        print(f"\r  {seen} of {wanted} fetched", end="\n" if seen == wanted else "", flush=True)
    elif seen % 20 == 0 or seen == wanted:
        say(f"  {seen} of {wanted} fetched")


def call(command, failure):
    with LOG.open("a") as log:
        done = subprocess.run(command, stdout=log, stderr=log, stdin=None)
    if done.returncode:
        raise Problem(f"{failure}: {last_error()} ({LOG})")


def last_error():
    lines = [line.strip() for line in LOG.read_text().split("\n") if line.strip()]
    errors = [line for line in lines[-30:] if line.lower().startswith(("error", "e: "))]
    return (errors or lines or ["nothing was said"])[-1]


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Problem as problem:
        sys.exit(str(problem))
    except OSError as problem:
        sys.exit(f"{problem.strerror} ({problem.filename}): put that right and run this again")
    except KeyboardInterrupt:
        sys.exit("Stopped; run this again to go on.")
