"""The claims in the order of the lessons: what articles say, in our own words, and our rules."""

from workbench.claims import Claim, compression, precision, training
from workbench.locale import message

CLAIMS: tuple[Claim, ...] = (
    Claim(
        name="parameters", lesson=1, experiment="networks",
        judge=training.fewer_parameters_faster,
        text=message("A network with fewer parameters answers faster."),
        rule=message("Three networks are timed in turn; of each two, the one with fewer parameters"
                     " has to be the faster."),
    ),
    Claim(
        name="activations", lesson=1, experiment="held",
        judge=precision.activations_are_parameters,
        text=message("Weights and activations are the many parameters of a network."),
        rule=message("What belongs to a network cannot grow with the number of images that it is"
                     " shown at once: bytes are counted for 1 image and for 64."),
    ),
    Claim(
        name="small_batches", lesson=2, experiment="batches",
        judge=training.small_batches_faster,
        text=message("Small batches train faster."),
        rule=message("Batches of 8 against 256, by three meanings of “faster”."),
    ),
    Claim(
        name="noisy_batches", lesson=2, experiment="gradients",
        judge=training.small_batches_noisy,
        text=message("Small batches give noisier gradients."),
        rule=message("The gradients of small batches have to agree less with the gradient of all"
                     " images than those of larger ones."),
    ),
    Claim(
        name="fixed", lesson=2, experiment="schedules", judge=training.rates_stay,
        text=message("Hyperparameters keep their value all through the training."),
        rule=message("The lowest learning rate of a training has to be its highest, whatever the"
                     " schedule."),
    ),
    Claim(
        name="rate", lesson=2, experiment="rates", judge=training.larger_rate_faster,
        text=message("A higher learning rate learns faster."),
        rule=message("After one epoch, each rate has to be further than the one a tenth as high."),
    ),
    Claim(
        name="epochs", lesson=2, experiment="epochs", judge=training.more_epochs_better,
        text=message("More epochs make a network better."),
        rule=message("Of 100 training images: accuracy on validation images has to rise by a point"
                     " at least from each number of epochs to the next."),
    ),
    Claim(
        name="windows", lesson=3, experiment="windows", judge=training.larger_windows_better,
        text=message("Larger kernels see more of a picture, and so recognize it better."),
        rule=message("The same network with windows of 5 x 5 and 7 x 7, after the same short"
                     " trainings: over the seeds it has to be right more often than with 3 x 3."),
    ),
    Claim(
        name="random", lesson=4, experiment="searches", judge=training.random_beats_grid,
        text=message("Random search finds better settings than a grid in equally many trials."),
        rule=message("Equally many trials each, among recorded trainings of three seeds; the best"
                     " of random search has to be better on average over many searches."),
    ),
    Claim(
        name="bayesian", lesson=4, experiment="searches", judge=training.bayesian_beats_random,
        text=message("Bayesian search needs fewer trials than trying at random."),
        rule=message("Trials are counted until 90 % of the validation images are right, among"
                     " recorded trainings of three seeds: TPE has to need fewer on average over"
                     " many searches."),
    ),
    Claim(
        name="lighter", lesson=5, experiment="pruned", judge=compression.pruned_smaller,
        text=message("Pruning makes a network smaller."),
        rule=message("The file has to shrink by 5 % at least, as it is written and deflated."),
    ),
    Claim(
        name="leaner", lesson=5, experiment="pruned", judge=compression.pruned_faster,
        text=message("Pruning makes a network faster."),
        rule=message("Timed in turn with the baseline, faster by 5 % at least: so much two runs of"
                     " one network may differ."),
    ),
    Claim(
        name="spared", lesson=5, experiment="pruned", judge=compression.pruned_free,
        text=message("Half of the weights can be pruned with hardly any loss of accuracy."),
        rule=message("Less than a point may be lost, as it is and fine-tuned for an epoch."),
    ),
    Claim(
        name="restored", lesson=6, experiment="repaired", judge=compression.restored,
        text=message("Fine-tuning brings back most of what pruning took."),
        rule=message("One epoch of fine-tuning has to bring back more than half of the points that"
                     " were lost."),
    ),
    Claim(
        name="int8", lesson=7, experiment="int8", judge=compression.int8_faster,
        text=message("Quantization makes inference faster."),
        rule=message("8-bit integers against float32, in networks of five widths and batches of"
                     " three sizes: faster by 5 % at least."),
    ),
    Claim(
        name="smaller", lesson=7, experiment="bits", judge=compression.fewer_bits_smaller,
        text=message("Quantization makes a network smaller."),
        rule=message("The file that runs has to shrink by 5 % at least, as it is written and"
                     " deflated. Fewer bits than 8 are imitated here: that file is not judged."),
    ),
    Claim(
        name="bits", lesson=7, experiment="bits", judge=compression.fewer_bits_free,
        text=message("Quantization costs hardly any accuracy."),
        rule=message("Less than a point may be lost."),
    ),
    Claim(
        name="integers", lesson=7, experiment="bits", judge=compression.bits_are_integers,
        text=message("Quantized weights are integers of 16 or 8 bits."),
        rule=message("The file that runs has to hold most of the weights in tensors of integers."),
    ),
    Claim(
        name="overflow", lesson=8, experiment="scales", judge=precision.prevents_overflow,
        text=message("Loss scaling prevents numerical overflow."),
        rule=message("One way back in float16 with every scale: gradients that overflow without a"
                     " scale have to be fewer with one; where none does, there is nothing to"
                     " prevent."),
    ),
    Claim(
        name="mixed_speed", lesson=8, experiment="updates", judge=precision.sixteen_bits_faster,
        text=message("Mixed precision makes training faster."),
        rule=message("Updates of 32 images and more are timed in turn with those in float32: faster"
                     " by 5 % at least."),
    ),
    Claim(
        name="mixed_memory", lesson=8, experiment="updates",
        judge=precision.sixteen_bits_smaller,
        text=message("Mixed precision needs less memory in training."),
        rule=message("Weights, gradients, optimizer and what waits for the way back, together: 5 %"
                     " less at least."),
    ),
    Claim(
        name="mixed_accuracy", lesson=8, experiment="precisions",
        judge=precision.sixteen_bits_free,
        text=message("Mixed precision costs no accuracy."),
        rule=message("Less than a point may be lost against float32 from the same seeds."),
    ),
    Claim(
        name="order", lesson=9, experiment="orders", judge=compression.any_order,
        text=message("Techniques can be combined in any order."),
        rule=message("Pruning first and quantizing first must differ by less than a point, in each"
                     " network."),
    ),
)  # fmt: skip
BY_NAME = {claim.name: claim for claim in CLAIMS}
