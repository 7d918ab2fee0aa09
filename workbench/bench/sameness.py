"""How often the speed verdict tells a network from itself: twice the same, timed in turn."""

from workbench.core.architecture import architecture_of
from workbench.core.checkpoint import trained
from workbench.core.experiment import no_gradients
from workbench.core.latency import speedup, timed_in_turn
from workbench.core.machine import use_one_thread
from workbench.measurement import ignore
from workbench.setting import shipped
from workbench.statistics import ratio_verdict

CASES = (("mlp", 1), ("small_cnn", 1), ("small_cnn", 64), ("resnet8", 1))
SESSIONS = 12


def told_apart() -> tuple[int, int]:
    """Wrong verdicts, and how many in all: two new sessions of a float32 network each time."""
    use_one_thread()
    wrong = 0
    for model, batch in CASES:
        setting = shipped("fashion_mnist", model)
        architecture = architecture_of(setting)
        network = trained(setting, architecture.data, ignore)
        with no_gradients():
            for _session in range(SESSIONS):
                one, other = (architecture.compiler.float32(network) for _side in range(2))
                *_earlier, timings = timed_in_turn(one, other, architecture.test_batch(batch))
                found = speedup(timings)
                verdict = ratio_verdict(found.low or found.value, found.high or found.value)
                wrong += verdict != "cannot tell"
    return wrong, len(CASES) * SESSIONS
