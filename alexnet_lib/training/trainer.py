"""The trainer. It knows nothing of the model: a module that turns images into scores is enough.

    trainer = Trainer(alexnet("small", in_channels=1, image_size=28), epochs=3, folder="runs/first")
    trainer.fit(train, test)                # Ctrl-C saves and stops in order
    trainer.fit(train, test, resume=True)   # ends bit for bit where an uninterrupted run ends

Read `fit`, then `step`: they are the training loop, and everything else serves them. How to train
is a `Recipe`; what is picked for the device stands in devices.py, the update rules in
optimizers.py, what a checkpoint is in checkpoints.py. Under torchrun the same program runs as many
processes, each with its share of every batch.
"""

import time
from contextlib import closing, nullcontext
from copy import deepcopy

import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data.augment import Augment, pca
from alexnet_lib.data.batches import Batches
from alexnet_lib.data.sets import DataError
from alexnet_lib.training import checkpoints, devices, trials
from alexnet_lib.training.distributed import begin
from alexnet_lib.training.evaluation import evaluate, predict
from alexnet_lib.training.interrupts import Stop
from alexnet_lib.training.optimizers import Schedule, optimizer, update_average
from alexnet_lib.training.progress import Report, report_for
from alexnet_lib.training.recipe import Recipe
from alexnet_lib.training.resuming import TrainingError, load_weights, restore, snapshot

__all__ = ["Trainer", "TrainingError"]

FLUSH = 50  # steps, at the most, between two looks at the losses: to look is to wait for the device
AGREE = 8  # steps between two questions of many processes whether one was told to stop


class Trainer:
    """Trains, evaluates and uses a model that turns images (N, C, H, W) into scores (N, classes).

    model   any module; it is moved to the device
    recipe  a `Recipe`; `changes` are fields of it that differ: Trainer(model, epochs=3)
    folder  where checkpoints and metrics go; None keeps nothing
    report  "auto", "none", "lines", "bar" or "notebook", or a `progress.Report`
    about   plain data to be kept in every checkpoint, such as how the model was made

    Afterwards: `history`, a dict for each epoch; `interrupted`; `line`, what was picked for the
    device.
    """

    def __init__(self, model, recipe=None, *, folder=None, report="auto", about=None, **changes):
        self.recipe = recipe = (recipe or Recipe()).with_(**changes)
        self.world = begin(recipe.device)
        device = recipe.device
        if self.world.size > 1 and torch.cuda.is_available() and device in ("auto", "cuda"):
            device = f"cuda:{self.world.local}"
        self.setup = devices.choose(device, recipe.dtype, recipe.layout, recipe.compile)
        many = f", {self.world.size} processes" if self.world.size > 1 else ""
        self.line = self.setup.line + many
        self.model = model.to(self.setup.device, memory_format=self.setup.layout)
        self.average = None  # of the weights, where the recipe has one
        self.folder, self.about = folder, dict(about or {})
        # Of many processes one speaks.
        self.report = report_for(report, folder) if self.world.leads else Report()
        self.inputs = None  # what the model reads: {"shape", "size", "mean", "std", "classes"}
        self.history, self.interrupted = [], False

    # Training

    def fit(self, train, test=None, resume=False):
        """Train on `train`, look at `test` after each epoch, and return the history: rows as dicts.

        train, test  data sets as `alexnet_lib.data.load` gives them
        resume       go on from the newest checkpoint in the folder, if there is one

        Ctrl-C or SIGTERM ends the step, saves, and returns with `interrupted` set.
        """
        batches = self.prepare(train)
        if resume:
            self.resume()
        elif self.folder is not None and checkpoints.listed(self.folder):
            raise TrainingError(
                f"{self.folder} holds the checkpoints of another run: resume it, or name another"
                " folder."
            )
        else:
            self.report.resume_at(0)  # of a run that came to no checkpoint nothing is kept
        self.report.begin(self.line, self.recipe.epochs, self.steps)
        try:
            with Stop() as stop, devices.full_speed(self.setup):
                while len(self.history) < self.recipe.epochs:
                    if 0 < self.recipe.stop_after <= self.waited:
                        self.report.say(f"Stopped: no better error for {self.waited} epochs.")
                        break
                    stopped = self.train_epoch(batches, len(self.history), stop)
                    if stopped or self.finish_epoch(test, stop):
                        self.interrupt()
                        break
                    self.save(best=test is not None and self.waited == 0)
        finally:
            self.report.end(self.history)
        return self.history

    def train_epoch(self, batches, epoch, stop):
        """The steps of an epoch that are not yet done; returns whether it was told to stop."""
        self.model.train()
        stopped, clock = False, time.perf_counter()
        with closing(self.left(batches, epoch)) as left:
            for x, labels in left:
                self.sums["waiting"] += time.perf_counter() - clock
                self.step(x, labels)
                self.done += 1
                if len(self.pending) == FLUSH or time.perf_counter() - self.looked > 0.5:
                    self.flush()
                self.sums["seconds"] += time.perf_counter() - clock
                if self.recipe.save_every and self.done % self.recipe.save_every == 0:
                    self.save()
                clock = time.perf_counter()
                if self.world.size == 1 or self.done % AGREE == 0:
                    stopped = self.world.any(stop.asked)
                    if stopped:
                        break
        self.flush()
        self.world.share(self.model.buffers())  # each had counted statistics of its own images
        self.sums["seconds"] += time.perf_counter() - clock
        return stopped

    def left(self, batches, epoch):
        """The batches of an epoch that are not yet done; a bad image is named with its step."""
        try:
            yield from batches.epoch(epoch, start=self.done - epoch * self.steps)
        except DataError as error:
            raise TrainingError(f"Step {self.done + 1} can't be done. {error}") from error

    def step(self, x, labels):
        """One step of the optimizer. x (b, C, h, w) float32, labels (b,): this process's share."""
        rate = self.schedule.rate(self.done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        parts = list(zip(*(t.chunk(self.recipe.accumulate) for t in (x, labels)), strict=True))
        for i, (part, wanted) in enumerate(parts, 1):
            # Many processes exchange their gradients once, after the last part.
            alone = self.world.size > 1 and i < len(parts)
            with self.network.no_sync() if alone else nullcontext():
                with self.setup.autocast():
                    scores = self.network(part).float()  # (b / parts, classes)
                    loss = F.cross_entropy(scores, wanted, label_smoothing=self.recipe.smoothing)
                share = loss * (len(part) / len(x))
                self.scaler.scale(share).backward()
            self.right += (scores.detach().argmax(1) == wanted).sum()
            self.last = share.detach() if i == 1 else self.last + share.detach()
        if self.recipe.clip:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad()
        self.pending.append((self.last, len(x)))
        if self.average is not None:
            update_average(self.average, self.model, self.recipe.ema, self.done)

    def flush(self):
        """Fetch the losses of the steps since the last look, all at once, and look at them."""
        now = time.perf_counter()
        if self.pending:
            losses = torch.stack([loss for loss, _ in self.pending]).tolist()
            counts = [count for _, count in self.pending]
            for i, loss in enumerate(losses):
                if loss != loss or abs(loss) == float("inf"):
                    self.run_away(f"The loss is {loss}", self.done - len(losses) + 1 + i)
            for loss, count in zip(losses, counts, strict=True):  # one by one: the same sum always
                self.sums["loss"] += loss * count
                self.sums["seen"] += count
            self.sums["right"] += int(self.right)
            self.right.zero_()
            self.pending = []
            speed = sum(counts) * self.world.size / max(now - self.looked, 1e-9)
            self.report.steps(len(self.history) + 1, self.done, losses, speed)
        self.looked = now

    def run_away(self, what, step):
        """Stop a training whose numbers are none any more."""
        whole = checkpoints.listed(self.folder) if self.folder is not None else []
        kept = f"{whole[0].name} is from before" if whole else "no checkpoint is from before"
        raise TrainingError(
            f"{what} at step {step} (epoch {(step - 1) // self.steps + 1}), with rate"
            f" {self.schedule.rate(step - 1):.3g}; {kept}. Lower the rate, or limit the gradient"
            " with clip=1, and start or resume."
        )

    def finish_epoch(self, test, stop):
        """Evaluate, and write the epoch's row; returns whether it was told to stop before."""
        counts = torch.tensor(
            [self.sums["loss"], self.sums["right"], self.sums["seen"]],
            dtype=torch.float64,
            device=self.world.device(),
        )
        loss, right, seen = self.world.total(counts).tolist()
        speed = seen / self.sums["seconds"]
        row = {
            "epoch": len(self.history) + 1,
            "rate": self.schedule.rate(self.done - 1),
            "loss": loss / seen,
            "accuracy": right / seen,
            "seconds": self.sums["seconds"],
            "images_per_second": speed,
            "waiting": self.sums["waiting"] / self.sums["seconds"],
            "of_ceiling": self.of_ceiling(speed),
        }
        if test is not None:
            found = self.evaluate(test, stop=stop)
            if stop.asked and self.world.size == 1:
                return True  # the test is done again after resuming
            row |= {f"test_{name}": found[name] for name in ("loss", "accuracy", "top5_accuracy")}
        error = row["loss"] if test is None else 1 - row["test_accuracy"]
        self.schedule.after_epoch(error)
        better = self.best is None or error < self.best
        self.best, self.waited = (error, 0) if better else (self.best, self.waited + 1)
        self.history.append(row)
        self.sums = dict.fromkeys(self.sums, 0.0)
        self.report.epoch(row)
        return False

    def interrupt(self):
        """Save, and say how to go on."""
        self.interrupted = True
        self.save()
        where = "Nothing is saved, since no folder was named."
        if self.folder is not None:
            where = f"Saved in {self.folder}; resume to go on."
        self.report.say(f"Interrupted after step {self.done}. {where}")

    # Before the first step

    def prepare(self, train):
        """Everything a run needs at its start; returns the batches of `train`."""
        recipe, device = self.recipe, self.setup.device
        self.look_at(train)
        reads = self.inputs
        augment = Augment(
            tuple(train.shape),
            reads["size"],
            reads["mean"],
            reads["std"],
            crop=recipe.crop,
            padding=recipe.padding,
            flip=recipe.flip,
            colour=recipe.colour,
            shared=recipe.shared,
            axes=pca(train) if recipe.colour else None,
        )
        batches = Batches(
            train,
            recipe.batch,
            augment,
            seed=recipe.seed,
            device=device,
            rank=self.world.rank,
            world=self.world.size,
        )
        checkpoints.seed_everything(recipe.seed * 1009 + self.world.rank)  # dropout's masks
        self.steps = len(batches)
        self.optimizer = optimizer(self.model, recipe)
        self.schedule = Schedule(recipe, self.steps)
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.setup.scales)
        self.average = deepcopy(self.model).eval() if recipe.ema else None
        self.network = self.model
        if self.world.size > 1:
            ids = [device] if device.type == "cuda" else None
            self.network = nn.parallel.DistributedDataParallel(self.model, ids)
        if self.setup.compile:
            self.network = torch.compile(self.network)
        side, channels = reads["size"], train.shape[0]
        self.flop = devices.training_flop(self.model, (1, channels, side, side))
        self.fingerprint = train.fingerprint
        self.done, self.pending, self.looked = 0, [], time.perf_counter()
        self.right = torch.zeros((), dtype=torch.int64, device=device)
        self.sums = dict.fromkeys(("loss", "right", "seen", "seconds", "waiting"), 0.0)
        self.history, self.interrupted = [], False
        self.best, self.waited = None, 0  # the smallest test error, and the epochs since
        return batches

    def look_at(self, data):
        """Note what the model gets to read; what a checkpoint brought is kept."""
        shape = tuple(data.shape)  # (C, H, W)
        if self.inputs is not None and self.inputs["shape"][0] != shape[0]:
            raise TrainingError(
                f"This network reads images with {self.inputs['shape'][0]} channels, but those of"
                f" {data.name} have {shape[0]}."
            )
        if self.inputs is None:
            mean, std = data.mean_std()
            size = self.recipe.size or min(shape[1:])
            self.inputs = {"size": size, "mean": mean, "std": std}
            self.inputs |= {"shape": shape, "classes": tuple(data.classes)}

    def of_ceiling(self, images_per_second):
        """What share of the device's best matrix product this speed is; None if unknown."""
        best = torch.tensor(devices.ceiling(self.setup), device=self.world.device())
        best = float(self.world.total(best))
        return images_per_second * self.flop / best if self.flop else None

    # Checkpoints

    def save(self, best=False):
        """Write a checkpoint, if there is a folder for it."""
        self.flush()
        if not torch.stack([w.isfinite().all() for w in self.model.parameters()]).all():
            self.run_away("A weight is not a finite number any more", self.done)
        if self.folder is None:
            return
        randoms = self.world.gather(checkpoints.random_state(self.setup.device))
        if self.world.leads:
            checkpoints.save(
                self.folder, snapshot(self, randoms), self.done, self.recipe.keep, best
            )

    def resume(self):
        """Go on from the newest whole checkpoint of the folder, if there is one."""
        if self.folder is None:
            raise TrainingError("There is nothing to resume from: this trainer has no folder.")
        found = checkpoints.load_latest(self.folder, self.report.say)
        if found is not None:
            path, state = found
            restore(self, state, path.name)
        if len(set(self.world.gather(self.done))) > 1:
            raise TrainingError(
                f"Not every process sees the same checkpoints in {self.folder}: put it on a file"
                " system that all machines share."
            )
        self.report.resume_at(self.done)

    def use(self, state, name="the checkpoint"):
        """Take the weights of a checkpoint, to evaluate, to predict, or to train on from them.

        state  what `checkpoints.read` gave. The averaged weights are taken, where there are any.
        """
        weights = state["average"] or state["model"]
        load_weights(self.model, weights, name)
        self.inputs, self.about, self.history = state["inputs"], state["about"], state["history"]

    # Use

    def evaluate(self, data, ten_crop=False, stop=None):
        """How well the model does on `data`: {"images", "loss", "accuracy", "top5_accuracy"}.

        ten_crop  average the probabilities of ten crops of each image, as the paper does
        """
        self.look_at(data)
        return evaluate(
            self.used(),
            data,
            self.inputs,
            self.setup,
            self.world,
            self.recipe.batch,
            ten_crop,
            stop,
        )

    def predict(self, images):
        """Probabilities (N, classes) for a data set, or for images (N, C, H, W) uint8."""
        if not isinstance(images, torch.Tensor):
            self.look_at(images)
        elif self.inputs is None:
            raise TrainingError("This trainer has seen no images yet: fit it, or use a checkpoint.")
        return predict(self.used(), images, self.inputs, self.setup, self.recipe.batch)

    def used(self):
        """The model with its averaged weights, where there are any."""
        return self.model if self.average is None else self.average

    # For those who look for an error: see trials.py

    def overfit_one_batch(self, train, steps=50):
        """The losses of `steps` steps on the first batch alone: they must fall towards 0."""
        return trials.overfit_one_batch(self, train, steps)

    def dry_run(self, train, test=None):
        """Two steps, a look at the test images and a checkpoint, read again; what came of it."""
        return trials.dry_run(self, train, test)
