"""What a step makes of a gradient, and how long the step is.

`PaperSGD` is the update rule as the paper prints it. The others are PyTorch's own; `optimizer`
makes any of them from a recipe, with its settings for biases. `Schedule` gives the rate of every
step.
"""

from math import cos, pi

import torch

__all__ = ["PaperSGD", "Schedule", "optimizer", "update_average"]


class PaperSGD(torch.optim.Optimizer):
    """Stochastic gradient descent as printed in 2012, the rate inside the velocity:

        v  <-  momentum · v  -  decay · rate · w  -  rate · gradient
        w  <-  w + v

    PyTorch's SGD keeps the rate outside: its buffer b is -v / rate while the rate stays the same,
    and both rules take the same steps. When the rate drops to a tenth, b moves w by a tenth at
    once; v still holds steps at the old rate and takes about 1 / (1 - momentum) steps to slow down.
    """

    def __init__(self, parameters, rate=0.01, momentum=0.9, decay=5e-4):
        super().__init__(parameters, {"lr": rate, "momentum": momentum, "weight_decay": decay})

    @torch.no_grad()
    def step(self, closure=None):
        """Take one step; `closure` recomputes the loss, as in every optimizer of PyTorch."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            weights = [w for w in group["params"] if w.grad is not None]
            if not weights:
                continue
            for w in weights:
                if not self.state[w]:
                    self.state[w]["velocity"] = torch.zeros_like(w)
            velocities = [self.state[w]["velocity"] for w in weights]
            rate = group["lr"]
            decay = group["weight_decay"]
            # _foreach: all tensors in one call, which on a GPU is one launch instead of many
            torch._foreach_mul_(velocities, group["momentum"])
            if decay:
                torch._foreach_add_(velocities, weights, alpha=-decay * rate)
            torch._foreach_add_(velocities, [w.grad for w in weights], alpha=-rate)
            torch._foreach_add_(weights, velocities)
        return loss


def optimizer(model, recipe):
    """Return the recipe's optimizer for the parameters of `model`.

    Each group of parameters has a "scale" that multiplies the schedule's rate: the recipe's
    `bias_rate` for biases, 1 for the others. Biases and the parameters of normalization layers (all
    that have one axis) don't decay, unless the recipe says `decay_biases`.
    """
    groups = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        scale = recipe.bias_rate if name.endswith("bias") else 1.0
        decay = recipe.decay if parameter.ndim > 1 or recipe.decay_biases else 0.0
        groups.setdefault((scale, decay), []).append(parameter)
    if not groups:
        raise ValueError("This network has nothing to train: no parameter requires a gradient.")
    rows = [
        {"params": params, "scale": scale, "weight_decay": decay, "lr": recipe.rate * scale}
        for (scale, decay), params in groups.items()
    ]
    if recipe.optimizer == "paper":
        return PaperSGD(rows, recipe.rate, recipe.momentum)
    # All tensors in one call; SGD and Adam in one pass through memory, on devices that can.
    can_fuse = {w.device.type for row in rows for w in row["params"]} <= {"cpu", "cuda"}
    quick = {"fused": True} if can_fuse else {"foreach": True}
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(rows, lr=recipe.rate, momentum=recipe.momentum, **quick)
    if recipe.optimizer == "adam":
        return torch.optim.Adam(rows, lr=recipe.rate, betas=(recipe.momentum, 0.999), **quick)
    return torch.optim.RMSprop(rows, lr=recipe.rate, momentum=recipe.momentum, foreach=True)


def update_average(average, model, decay, step):
    """Move the weights of `average` towards those of `model`, faster in the first steps.

    average  a copy of the model
    decay    the share of the average that stays, once many steps are done
    step     of the run, from 0
    """
    decay = min(decay, (1 + step) / (10 + step))
    ours, theirs = (list(m.state_dict().values()) for m in (average, model))
    for a, b in zip(ours, theirs, strict=True):
        if a.is_floating_point():
            a.lerp_(b, 1 - decay)
        else:
            a.copy_(b)  # a count, such as batch normalization's


class Schedule:
    """The rate of every step. Only "plateau" has a state: the best error, and how long it stood.

    steps   of one epoch
    """

    WARM = 0.3  # the share of a one-cycle run in which the rate rises

    def __init__(self, recipe, steps):
        self.recipe = recipe
        self.steps = steps
        self.drops = 0
        self.best = None
        self.waited = 0

    def rate(self, step):
        """Return the rate of step 0, 1, 2 … of the whole run."""
        recipe, total = self.recipe, self.recipe.epochs * self.steps
        if recipe.schedule == "step":
            return recipe.rate * recipe.factor ** (step // (recipe.step_epochs * self.steps))
        if recipe.schedule == "plateau":
            return recipe.rate * recipe.factor**self.drops
        if recipe.schedule == "cosine":
            return recipe.rate * (1 + cos(pi * step / total)) / 2
        if recipe.schedule == "one-cycle":
            peak = self.WARM * total
            if step < peak:
                return recipe.rate * (step + 1) / (peak + 1)
            return recipe.rate * (1 + cos(pi * (step - peak) / (total - peak))) / 2
        return recipe.rate

    def after_epoch(self, error):
        """Take note of an epoch's error (or loss); the rate drops once it no longer falls."""
        if self.best is None or error < self.best:
            self.best = error
            self.waited = 0
            return
        self.waited += 1
        if self.waited == self.recipe.patience:
            self.drops += 1
            self.waited = 0

    def state_dict(self):
        """Return what `load_state_dict` needs to go on from here."""
        return {"drops": self.drops, "best": self.best, "waited": self.waited}

    def load_state_dict(self, state):
        """Go on from where `state_dict` was taken."""
        self.drops = state["drops"]
        self.best = state["best"]
        self.waited = state["waited"]
