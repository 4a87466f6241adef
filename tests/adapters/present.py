"""Which of the packages that have adapters are here."""

import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

FOREIGN = Path(__file__).resolve().parents[2] / "impl/backproof_impl/adapters/foreign"
MODULES = {"opencv": "cv2", "keras": "tensorflow", "jax": "optax"}  # by extra: the last that its installation brings
NPM = {"brainjs": "brain.js", "synaptic": "synaptic", "convnetjs": "convnetjs"}


@cache
def lacking(package: str) -> str:
    """What is not here of a package's needs, by the name of its extra or of its folder; nothing, if all is."""
    if package == "rnnet":
        asked = ("Rscript", "-e", "quit(status = !all(c('nnet', 'jsonlite') %in% rownames(installed.packages())))")
        there = shutil.which("Rscript") and subprocess.run(asked, check=False, capture_output=True).returncode == 0
        return "" if there else "R's nnet and jsonlite are not installed"
    if package == "fann":
        return "" if shutil.which("cc") and Path("/usr/include/fann.h").exists() else "FANN, or a compiler of C, is not installed"
    if package in NPM:
        there = shutil.which("node") and (FOREIGN / "node_modules" / NPM[package]).is_dir()
        return "" if there else f"{NPM[package]}, or Node, is not installed"
    if find_spec(MODULES.get(package, package)) is None:
        return f"{package} is not installed"
    if package == "tinygrad" and not shutil.which("clang"):
        return "tinygrad's CPU device needs clang"
    if package == "neurolab" and int(np.__version__.split(".")[0]) > 1:
        return "neurolab 0.3.5 needs numpy below 2"
    return ""
