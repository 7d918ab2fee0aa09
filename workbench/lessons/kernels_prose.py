"""The sentences of lesson 3, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Kernel size: what a window sees and costs"),
        _(
            "A camera above a conveyor belt looks for scratches. A window of 3 x 3 pixels sees fine"
            " detail, one of 7 x 7 a broad pattern. Somebody says: take the larger one, it sees"
            " more. What does it cost, and does the network get better?"
        ),
        [
            _("compute by hand what one place of a window gives"),
            _("say what each layer sees of the picture, and how stride and padding change it"),
            _("weigh parameters, multiply-adds, milliseconds and accuracy of four kernel sizes"),
        ],
        _(
            "every window grows from 3 x 3 to 7 x 7. How many times the multiply-adds, how many"
            " times the milliseconds, and how many points of accuracy?"
        ),
    )


def window() -> str:
    """Product and sum."""
    return _(
        "Each pixel under the window is multiplied by the number at its place, and the products are"
        " added: that is one pixel of the map of sums. Then the window moves on by the stride."
        " Click the picture, use the arrow keys on it, or move the sliders. With padding the window"
        " may hang over the edge; what is not there counts as 0. “Right less left” is far from 0"
        " at upright edges, “below less above” at level ones."
    )


def panel() -> str:
    """Blocks of windows, untrained."""
    return _(
        "Now a whole network: blocks of such windows, each with twice as many channels as the one"
        " before, whose numbers will be learned. Depth counts the blocks after the first one."
        " Padding “zeros around” keeps a map’s size where the stride is 1; a larger stride makes"
        " maps smaller. Nothing is trained here, so no accuracy is shown: cost and time are those"
        " of the form, whatever the numbers are. The speed-up is against the form with which the"
        " lesson starts. Not every form is possible; the panel says why."
    )


def receptive() -> str:
    """The receptive field grows from layer to layer."""
    return _(
        "A pixel of the first map sees one window. A pixel of the next map sees a window of such"
        " pixels, and so more of the picture: its receptive field. The fields are computed from"
        " kernel size, stride and padding alone. Where a field is larger than the picture, the rest"
        " of it is padding. After the last map the classifier takes means over all of it, so the"
        " whole network can see more than one field."
    )


def four() -> str:
    """A short real training."""
    return _(
        "The form of the panel, with windows of 1, 3, 5 and 7 pixels, trained from the same seed,"
        " here and now. It is a short training of one seed: the interval counts the images, and"
        " another seed gives somewhat other numbers. All four answer the same images, so the lines"
        " below the bars compare them image by image. Where the same trainings were recorded (the"
        " first form, on digits), their accuracy stands there before you press. Large forms, as"
        " with stride 1, learn from fewer images and still take longer: Stop ends it. Windows that"
        " do not fit are left out."
    )


def maps() -> str:
    """The first layers on the picture of above."""
    return _(
        "The trained networks look at the picture from above: choose another image, draw, or bring"
        " your own. A window of one pixel multiplies every grey value by the same number: the"
        " picture becomes brighter, darker or turned around, and no neighbours are compared. Larger"
        " windows can compare: look for maps that are bright along an edge only."
    )


def stacks() -> str:
    """Where the saving holds, and where not."""
    return _(
        "Two windows of 3 x 3, one after the other, see 5 x 5 pixels. Between c channels and c"
        " channels they have 18 c² weights instead of 25 c². But a network also widens: then the"
        " second window has the wide side on both ends. And with a stride, which is the last"
        " one's, the first of the two runs over all pixels. Look where the dashed line is crossed."
    )


def task() -> str:
    """What to reach."""
    return _(
        "Scratches are 7 pixels long, and the machine must know to the pixel where they are. Find a"
        " form whose last layer sees at least 7 x 7 pixels, loses none of them (a jump of 1), with"
        " at least 8 channels in the first layer and at most 3 million multiply-adds."
    )


def hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("A field grows by the side of the window less 1: a larger window, or one more of them."),
        _("Every stride above 1 multiplies the jump."),
        _("The width is under “More controls”; each block has twice as many channels."),
        _(
            "The last block is the widest, so it costs most: fewer blocks or channels, or no"
            " padding, whose maps are smaller."
        ),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code behind the table, and what the lesson leaves out."""
    return frame.ending(
        _tasks(),
        frame.source("core/receptive.py", "seen_by"),
        _(
            "Dilated windows see far with few weights, depthwise ones mix no channels, and large"
            " ones can be computed by Fourier transform. What a network really uses of its field is"
            " less than all of it: pixels in the middle count more than those at the edge (Luo et"
            " al. 2016). And a time holds for this processor: which kernel size its library knows"
            " best differs from machine to machine."
        ),
    )


def _tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Choose windows of 1 x 1 with stride 2. What does the network see, and what not?"),
            _(
                "Three strides of 2 keep every eighth pixel of every eighth row, and a window of"
                " one pixel never looks at the others: of 28 x 28 pixels 16 are seen and 768 are"
                " not. The accuracy of “Train the four” shows it."
            ),
        ),
        (
            _("Find a form that is refused, and say in which block it fails."),
            _(
                "Without padding each map shrinks. Windows of 5 x 5 with stride 2 leave 12, then 4"
                " pixels a side, and the third window does not fit any more."
            ),
        ),
        (
            _(
                "Train the four and compare 3 x 3 with 7 x 7: by which factor does each bar grow,"
                " and can their accuracies be told apart?"
            ),
            _(
                "Multiply-adds grow by 49/9, about 5.4 times; the time bars say by how much the"
                " time grows here. Whether two accuracies can be told apart is not a question of"
                " overlapping intervals, for both networks answered the same images: the line below"
                " the bars counts those that only one of them gets right. It judges these two"
                " networks; another seed trains others. Either way the accuracy grows far less than"
                " the cost."
            ),
        ),
        (
            _("Two 3 x 3 for one 5 x 5 in the first layer: why is that no saving?"),
            _(
                "One channel goes in and c come out: 25 c weights against 9 c + 9 c². With stride 1"
                " weights and multiply-adds are saved as long as fewer than 16/9 times as many"
                " channels come out as go in. The time is the machine’s own: it need not follow."
            ),
        ),
    ]
