"""A little agent to look at in Statescope. It needs nothing; where AgentScope 1.x is installed, its StateModule is used.

    STATESCOPE_PROBE='http://127.0.0.1:PORT#TOKEN' python3 example_agent.py [--steps N] [--pause SECONDS]

Switch probes on in Statescope and copy the address from there.
"""

import argparse
import time
from collections import OrderedDict

import statescope_probe

try:
    from agentscope.module import StateModule
except ImportError:

    class StateModule:
        """What AgentScope 1.x's StateModule does, as far as this agent needs it."""

        def __init__(self):
            self._module_dict = OrderedDict()
            self._attribute_dict = OrderedDict()

        def __setattr__(self, key, value):
            if isinstance(value, StateModule):
                self._module_dict[key] = value
            super().__setattr__(key, value)

        def register_state(self, name):
            self._attribute_dict[name] = None

        def state_dict(self):
            modules = {key: getattr(self, key).state_dict() for key in self._module_dict}
            return {**modules, **{key: getattr(self, key) for key in self._attribute_dict}}

        def load_state_dict(self, state_dict, strict=True):
            for key in [*self._module_dict, *self._attribute_dict]:
                if key not in state_dict:
                    if strict:
                        raise KeyError(f"Key '{key}' not found in state_dict.")
                elif key in self._module_dict:
                    self._module_dict[key].load_state_dict(state_dict[key])
                else:
                    setattr(self, key, state_dict[key])


class Memory(StateModule):
    def __init__(self):
        super().__init__()
        self.content = []
        self.register_state("content")


class Planner(StateModule):
    """Plans a trip, one stop at a time."""

    STOPS = ("Hangzhou", "Suzhou", "Nanjing", "Shanghai")

    def __init__(self):
        super().__init__()
        self.memory = Memory()
        self.status = "idle"
        self.goal = "a trip along the canal"
        self.step = 0
        self.budget = 1000.0
        for name in ("status", "goal", "step", "budget"):
            self.register_state(name)

    def act(self):
        self.status = "thinking"
        self.step += 1
        stop = self.STOPS[self.step % len(self.STOPS)]
        self.memory.content.append({"role": "assistant", "content": f"{self.goal}: stop {self.step} is {stop}"})
        self.budget -= 12.5
        self.status = "idle"


def main():
    arguments = argparse.ArgumentParser(description="A little agent to look at in Statescope.")
    arguments.add_argument("--steps", type=int, default=600)
    arguments.add_argument("--pause", type=float, default=1.0, help="seconds between two steps")
    options = arguments.parse_args()
    planner = Planner()
    statescope_probe.attach(planner, name="agent:planner")
    for _ in range(options.steps):
        planner.act()
        time.sleep(options.pause)


if __name__ == "__main__":
    main()
