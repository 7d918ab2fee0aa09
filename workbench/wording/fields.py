"""What a setting's fields are called, and what each of them means."""

from workbench.locale import message

FIELDS = {
    "dataset": message("data set"),
    "model": message("network"),
    "width": message("width"),
    "depth": message("depth"),
    "kernel_size": message("kernel size"),
    "convolutions": message("convolutions a block"),
    "stride": message("stride"),
    "padding": message("padding"),
    "learning_rate": message("learning rate"),
    "batch_size": message("batch size"),
    "epochs": message("epochs"),
    "optimizer": message("optimizer"),
    "momentum": message("momentum"),
    "weight_decay": message("weight decay"),
    "schedule": message("schedule"),
    "patience": message("patience"),
    "train_images": message("training images"),
    "augmentation": message("augmentation"),
    "seed": message("seed"),
    "precision": message("precision"),
    "loss_scale": message("loss scale"),
    "sparsity": message("sparsity"),
    "weight_bits": message("weight bits"),
    "granularity": message("what goes"),
    "criterion": message("criterion"),
    "scope": message("compared within"),
    "pattern": message("pattern N:M"),
    "layer_sparsity": message("sparsity of layers"),
    "masks": message("masks"),
    "snap_to": message("widths in multiples of"),
    "prune_steps": message("steps of pruning"),
    "repair": message("repair"),
    "repair_epochs": message("epochs of fine-tuning"),
    "finetune_rate": message("rate of fine-tuning"),
    "activation_bits": message("activation bits"),
    "weight_symmetry": message("grid of the weights"),
    "activation_symmetry": message("grid of the activations"),
    "quantized_per": message("one step per"),
    "levels": message("levels"),
    "batch_norm": message("batch norm"),
    "layer_bits": message("bits of layers"),
    "calibration": message("calibration images"),
    "calibration_method": message("range of the activations"),
    "percentile": message("percentile"),
    "qat_epochs": message("quantization-aware epochs"),
    "recipe": message("recipe"),
    "engine": message("engine"),
    "device": message("device"),
    "inference_batch": message("images at a time"),
}

EXPLAINED = {
    "dataset": message("fashion_mnist, digits, folder:PATH or a torchvision data set's name"),
    "model": message(
        "mlp, small_cnn, resnet8, sigmoid_cnn, the name of a torchvision classification network,"
        " file:PATH.py:FACTORY or file:WEIGHTS.pt:MODEL"
    ),
    "width": message("channels or neurons of the first layer"),
    "depth": message("number of hidden layers, or of blocks after the first"),
    "kernel_size": message("side of the convolutions' window in pixels, odd"),
    "convolutions": message("convolutions in each block, one after the other; small_cnn only"),
    "stride": message("pixels that the window moves on by in each block; small_cnn only"),
    "padding": message(
        "zeros around each map, so that stride 1 keeps its size (same), or none (valid);"
        " small_cnn only"
    ),
    "learning_rate": message("largest step size of the training"),
    "batch_size": message("training images for one update of the weights"),
    "epochs": message("how often the training sees every image"),
    "optimizer": message("sgd (with Nesterov momentum) or adamw"),
    "momentum": message("share of the last step that is kept in the next; 0 to below 1"),
    "weight_decay": message("how much of every weight a step takes away, times the learning rate"),
    "schedule": message(
        "how the learning rate changes during training: constant, step (a tenth after each third),"
        " cosine, one_cycle"
    ),
    "patience": message(
        "stop when the validation loss was no better for so many epochs, and keep the best"
        " weights; 0 for never"
    ),
    "train_images": message("training images to learn from, the first of them; 0 for all"),
    "augmentation": message("how training images are varied: none, shift, shift_flip"),
    "seed": message("start of the random numbers of the training"),
    "precision": message(
        "number formats of the training: float32; mixed_float16 or mixed_bfloat16 (autocast, with"
        " float32 weights); float16 (16-bit weights too, no float32 copy)"
    ),
    "loss_scale": message(
        "what the loss is multiplied by before the way back, in mixed_float16 only: 0 for a scaler"
        " that finds it (dynamic), 1 for none, or a power of two up to 2**24"
    ),
    "sparsity": message(
        "fraction that pruning takes away, the least important first; 0 to below 1"
    ),
    "granularity": message(
        "what pruning takes away: single weights (set to zero), neurons or filters (removed)"
    ),
    "criterion": message(
        "what is least important: magnitude (L1), l2, random, gradient (first-order Taylor),"
        " activation (weight times what it multiplies), batch_norm (scale; filters only)"
    ),
    "scope": message(
        "compare importance over the whole network (global) or take the same fraction of each"
        " layer; if not given, global for weights and layer for neurons and filters"
    ),
    "pattern": message("N:M, keep N of every M neighbouring weights; none for no pattern"),
    "layer_sparsity": message("sparsity of single layers, LAYER=VALUE after commas"),
    "masks": message("leave the masks of pruning in the file (kept) or not (removed)"),
    "snap_to": message("what is left of neurons and filters is a multiple of this"),
    "prune_steps": message("prune at once (1) or in so many steps, with repair after each"),
    "repair": message(
        "after pruning: none, batch_norm (re-calibrate, no labels), finetune (train on)"
    ),
    "repair_epochs": message("epochs of fine-tuning after pruning"),
    "finetune_rate": message("learning rate of fine-tuning as a share of the training's"),
    "weight_bits": message(
        "bits a weight takes: 32 to 2; 16 is float16; 8 runs as real int8 in ONNX Runtime"
    ),
    "activation_bits": message(
        "bits an activation takes: 32 to 2; if not given, 8 beside 8-bit weights, else 32"
    ),
    "weight_symmetry": message("levels of the weights on both sides of zero alike, or not"),
    "activation_symmetry": message("levels of the activations on both sides of zero alike, or not"),
    "quantized_per": message("a step between levels for each output channel, or one a tensor"),
    "levels": message("levels at equal distances (uniform) or where the weights are (kmeans)"),
    "batch_norm": message("fold batch norms into the weights before rounding, or round apart"),
    "layer_bits": message("weight bits of single layers, LAYER=BITS after commas"),
    "calibration": message("training images from which the ranges of the activations are taken"),
    "calibration_method": message(
        "how a range is taken: minmax, percentile, mse (least squared error), entropy"
    ),
    "percentile": message("share of the activations within the range, where the method asks"),
    "qat_epochs": message("epochs of training with rounded weights after quantization"),
    "recipe": message(
        "steps in any order instead of the fields above, as"
        " prune:0.5,finetune:1,quantize:8 or prune:0.3:filter,recalibrate"
    ),
    "engine": message("what runs the network: onnxruntime, torch"),
    "device": message(
        "where PyTorch computes: cpu, cuda (NVIDIA) or mps (Apple); ONNX Runtime stays on the cpu"
    ),
    "inference_batch": message("images that are classified together when latency is timed"),
}
