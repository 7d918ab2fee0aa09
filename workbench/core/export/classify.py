"""The class of each image: python classify.py IMAGE ... (numpy, onnxruntime and pillow suffice)."""

import json
import sys
from pathlib import Path

import onnxruntime
from preprocessing import network_input

sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
here, problems = Path(__file__).parent, []
told, labels = (json.loads((here / f).read_bytes()) for f in ("preprocessing.json", "labels.json"))
session = onnxruntime.InferenceSession(here / "model.onnx")
for path in sys.argv[1:] or sys.exit(__doc__):
    try:
        scores = session.run(None, {"images": network_input(path, **told)})[0]
        print(path, labels[int(scores.argmax())], sep="\t")
    except (OSError, ValueError) as error:
        problems.append(f"{path}: {error}")
sys.exit("\n".join(problems) or 0)
