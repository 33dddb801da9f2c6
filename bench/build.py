"""What is measured is what the release preset builds."""

import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PROGRAMS = TOP / "build/release/bin"


def build(*targets):
    for step in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "--target", *targets]):
        subprocess.run(step, cwd=TOP, check=True, stdout=subprocess.DEVNULL)
