"""The class of each image: python classify.py IMAGE ... (numpy, onnxruntime and pillow suffice)."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

here = Path(__file__).parent
told, labels = (json.loads((here / f).read_bytes()) for f in ("preprocessing.json", "labels.json"))
mean, std = (np.array(told[name], np.float32) * 255 for name in ("mean", "std"))
session = onnxruntime.InferenceSession(here / "model.onnx")
for path in sys.argv[1:]:
    picture = Image.open(path)
    picture.draft(None, (4 * told["side"], 4 * told["side"]))  # a large JPEG is decoded small
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    square = ImageOps.fit(upright.convert("RGB"), (told["side"], told["side"]))
    pixels = np.asarray(square.convert(told["mode"]), np.float32)
    images = (pixels.reshape(told["side"], told["side"], -1) - mean) * (np.float32(1) / std)
    scores = session.run(None, {"images": images.transpose(2, 0, 1)[None]})[0]
    print(path, labels[int(scores.argmax())], sep="\t")
