"""The Python that the README shows does what the README says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[3] / "README.md"


def test_the_python_of_the_readme_runs(showcase: Path) -> None:
    """The only Python block, with the socket of a showcase in the place of the README's."""
    (block,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    program, replaced = re.subn(r'Client\("[^"]+"\)', f"Client({str(showcase)!r})", block)
    assert replaced == 1
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stderr == ""
    assert ran.stdout.split() == ["8", "3", "2", "1", "True"]
