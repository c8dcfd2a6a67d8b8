"""The trainer. It knows nothing of the model: any module that turns images into scores will do.

    trainer = Trainer(alexnet("small", in_channels=1, image_size=28), epochs=3, folder="runs/first")
    trainer.fit(train, test)                # Ctrl-C finishes the step, saves, and returns
    trainer.fit(train, test, resume=True)   # ends bit for bit where an uninterrupted run ends

Read `fit`, then `step`: they are the training loop, and everything else serves them. A `Recipe`
says how to train, state.py holds what a run changes, devices.py picks what suits the device,
optimizers.py has the update rules, checkpoints.py the files. Under torchrun the same program runs
as many processes, each with its share of every batch.
"""

import time
from contextlib import closing, nullcontext
from copy import deepcopy

import torch
from torch import nn
from torch.nn import functional as F

from alexnet_lib.data.augment import Augment, mix_up, pca
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
from alexnet_lib.training.state import RunState

__all__ = ["Trainer", "TrainingError"]

FLUSH = 50  # most steps between two looks at the losses: each look waits for the device
AGREE = 8  # steps after which several processes ask each other whether to stop


class Trainer:
    """Trains, evaluates and uses a model that turns images (N, C, H, W) into scores (N, classes).

    model   any module; it is moved to the device
    recipe  a `Recipe`; `changes` are fields of it that differ: Trainer(model, epochs=3)
    folder  where checkpoints and metrics go; None keeps nothing
    report  "auto", "none", "lines", "bar" or "notebook", or a `progress.Report`
    about   plain data to keep in every checkpoint, such as how the model was made

    `summary` says what was picked for the device, `inputs` what the model reads: {"shape", "size",
    "mean", "std", "classes"}. `state`, a `RunState`, is what a run changes; its `history` and
    `interrupted` are also here.
    """

    def __init__(self, model, recipe=None, *, folder=None, report="auto", about=None, **changes):
        self.recipe = recipe = (recipe or Recipe()).with_(**changes)
        self.world = begin(recipe.device)
        device = recipe.device
        if self.world.size > 1 and torch.cuda.is_available() and device in ("auto", "cuda"):
            device = f"cuda:{self.world.local}"
        self.setup = devices.choose(device, recipe.dtype, recipe.layout, recipe.compile)
        many = f", {self.world.size} processes" if self.world.size > 1 else ""
        self.summary = self.setup.summary + many
        self.model = model.to(self.setup.device, memory_format=self.setup.layout)
        self.folder = folder
        self.about = dict(about or {})
        self.report = report_for(report, folder) if self.world.leads else Report()
        self.inputs = None
        self.state = RunState()

    @property
    def history(self):
        """The rows of the epochs so far, as dicts."""
        return self.state.history

    @property
    def interrupted(self):
        """Whether the run was interrupted."""
        return self.state.interrupted

    # Training

    def fit(self, train, test=None, resume=False):
        """Train on `train`, evaluate on `test` after each epoch, and return the history.

        train, test  data sets from `alexnet_lib.data.load`
        resume       go on from the newest checkpoint in the folder, if there is one

        Ctrl-C or SIGTERM ends the step, saves, and returns with `interrupted` set.
        """
        batches = self.prepare(train)
        if resume:
            self.resume()
        elif self.folder is not None and checkpoints.paths(self.folder):
            raise TrainingError(
                f"{self.folder} holds the checkpoints of another run: resume it, or name another"
                " folder."
            )
        else:
            self.report.resume_at(0)  # drops the metrics of a run that never reached a checkpoint
        state, recipe = self.state, self.recipe
        self.report.begin(self.summary, recipe.epochs, state.steps)
        try:
            with Stop() as stop, devices.full_speed(self.setup):
                while len(state.history) < recipe.epochs:
                    if 0 < recipe.stop_after <= state.waited:
                        self.report.say(f"Stopped: no better error for {state.waited} epochs.")
                        break
                    if self.train_epoch(batches, stop) or self.finish_epoch(test, stop):
                        self.interrupt()
                        break
                    self.save(best=test is not None and state.waited == 0)
        finally:
            self.report.end(state.history)
        return state.history

    def train_epoch(self, batches, stop):
        """Do the steps of the epoch that are left, and return whether to stop."""
        state = self.state
        self.model.train()
        stopped = False
        clock = time.perf_counter()
        with closing(self.remaining(batches)) as remaining:
            for x, labels in remaining:
                state.sums["waiting"] += time.perf_counter() - clock
                self.step(x, labels)
                if len(state.pending) == FLUSH or time.perf_counter() - state.last_flush > 0.5:
                    self.flush()
                state.sums["seconds"] += time.perf_counter() - clock
                if self.recipe.save_every and state.done % self.recipe.save_every == 0:
                    self.save()
                clock = time.perf_counter()
                if self.world.size == 1 or state.done % AGREE == 0:
                    stopped = self.world.any(stop.asked)
                    if stopped:
                        break
        self.flush()
        self.world.share(self.model.buffers())  # each process counted statistics of its own images
        state.sums["seconds"] += time.perf_counter() - clock
        return stopped

    def remaining(self, batches):
        """Yield the batches that the epoch has left; the error for a bad image names its step."""
        epoch, start = len(self.history), self.state.done
        try:
            yield from batches.epoch(epoch, start=start - epoch * self.state.steps)
        except DataError as error:
            raise TrainingError(f"Step {self.state.done + 1} can't be done. {error}") from error

    def step(self, x, labels):
        """Do one step. x (b, C, h, w) float32, labels (b,): this process's share of the batch."""
        state, recipe = self.state, self.recipe
        rate = state.schedule.rate(state.done)
        for group in state.optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        if recipe.mixup:
            x, labels = mix_up(x, labels, len(self.inputs["classes"]), recipe.mixup)
        parts = list(zip(*(t.chunk(recipe.accumulate) for t in (x, labels)), strict=True))
        step_loss = 0.0
        for i, (part, wanted) in enumerate(parts, 1):
            # Processes exchange their gradients once, after the last part.
            alone = self.world.size > 1 and i < len(parts)
            with state.network.no_sync() if alone else nullcontext():
                with self.setup.autocast():
                    scores = state.network(part).float()  # (b / parts, classes)
                    loss = F.cross_entropy(scores, wanted, label_smoothing=recipe.smoothing)
                share = loss * (len(part) / len(x))
                state.scaler.scale(share).backward()
            step_loss = step_loss + share.detach()
            right = wanted if wanted.ndim == 1 else wanted.argmax(1)  # (b / parts,)
            state.correct += (scores.detach().argmax(1) == right).sum()
        if recipe.clip:
            state.scaler.unscale_(state.optimizer)
            nn.utils.clip_grad_norm_(self.model.parameters(), recipe.clip)
        state.scaler.step(state.optimizer)
        state.scaler.update()
        state.optimizer.zero_grad()
        state.pending.append((step_loss, len(x)))
        if state.average is not None:
            update_average(state.average, self.model, recipe.ema, state.done)
        state.done += 1

    def flush(self):
        """Fetch the losses of the steps since the last flush, all at once; add and report them."""
        state = self.state
        now = time.perf_counter()
        if state.pending:
            losses = torch.stack([loss for loss, _ in state.pending]).tolist()
            counts = [count for _, count in state.pending]
            for step, loss in enumerate(losses, state.done - len(losses) + 1):
                if loss != loss or abs(loss) == float("inf"):
                    self.raise_diverged(f"The loss is {loss}", step)
            for loss, count in zip(losses, counts, strict=True):  # always in this order: same sum
                state.sums["loss"] += loss * count
                state.sums["seen"] += count
            state.sums["correct"] += int(state.correct)
            state.correct.zero_()
            state.pending = []
            speed = sum(counts) * self.world.size / max(now - state.last_flush, 1e-9)
            self.report.steps(len(state.history) + 1, state.done, losses, speed)
        state.last_flush = now

    def raise_diverged(self, what, step):
        """Raise a TrainingError: the loss or a weight is no longer finite."""
        saved = checkpoints.paths(self.folder) if self.folder is not None else []
        earlier = f"{saved[0].name} is from before" if saved else "no checkpoint is from before"
        raise TrainingError(
            f"{what} at step {step} (epoch {(step - 1) // self.state.steps + 1}), with rate"
            f" {self.state.schedule.rate(step - 1):.3g}; {earlier}. Lower the rate, or limit the"
            " gradient with clip=1, and start or resume."
        )

    def finish_epoch(self, test, stop):
        """Evaluate, and add the epoch's row; return whether to stop before that."""
        state = self.state
        sums = torch.tensor(
            [state.sums["loss"], state.sums["correct"], state.sums["seen"]],
            dtype=torch.float64,
            device=self.world.device(),
        )
        loss, correct, seen = self.world.total(sums).tolist()
        speed = seen / state.sums["seconds"]
        row = {
            "epoch": len(state.history) + 1,
            "rate": state.schedule.rate(state.done - 1),
            "loss": loss / seen,
            "accuracy": correct / seen,
            "seconds": state.sums["seconds"],
            "images_per_second": speed,
            "waiting": state.sums["waiting"] / state.sums["seconds"],
            "of_ceiling": self.share_of_ceiling(speed),
        }
        if test is not None:
            result = self.evaluate(test, stop=stop)
            if stop.asked and self.world.size == 1:
                return True  # the test is done again after resuming
            row |= {f"test_{name}": result[name] for name in ("loss", "accuracy", "top5_accuracy")}
        error = row["loss"] if test is None else 1 - row["test_accuracy"]
        state.schedule.after_epoch(error)
        better = state.best is None or error < state.best
        state.best, state.waited = (error, 0) if better else (state.best, state.waited + 1)
        state.history.append(row)
        state.sums = dict.fromkeys(state.sums, 0.0)
        self.report.epoch(row)
        return False

    def interrupt(self):
        """Save, and report how to go on."""
        self.state.interrupted = True
        self.save()
        where = "Nothing is saved, since no folder was named."
        if self.folder is not None:
            where = f"Saved in {self.folder}; resume to go on."
        self.report.say(f"Interrupted after step {self.state.done}. {where}")

    # Before the first step

    def prepare(self, train):
        """Make the state of a new run, and return the batches of `train`."""
        recipe, device = self.recipe, self.setup.device
        self.set_input_format(train)
        augment = Augment(
            tuple(train.shape),
            self.inputs["size"],
            self.inputs["mean"],
            self.inputs["std"],
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
        network = self.model
        if self.world.size > 1:
            ids = [device] if device.type == "cuda" else None
            network = nn.parallel.DistributedDataParallel(network, ids)
        if self.setup.compile:
            network = torch.compile(network)
        side, channels = self.inputs["size"], train.shape[0]
        self.state = RunState(
            optimizer=optimizer(self.model, recipe),
            schedule=Schedule(recipe, len(batches)),
            scaler=torch.amp.GradScaler(device.type, enabled=self.setup.scales),
            data=train.fingerprint,
            steps=len(batches),
            average=deepcopy(self.model).eval() if recipe.ema else None,
            network=network,
            flop=devices.training_flop(self.model, (1, channels, side, side)),
            correct=torch.zeros((), dtype=torch.int64, device=device),
            last_flush=time.perf_counter(),
        )
        return batches

    def set_input_format(self, data):
        """Set what the model reads by the first data it sees; a checkpoint's format stays."""
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

    def share_of_ceiling(self, images_per_second):
        """Return this speed as a share of the device's best matrix product; None if unknown."""
        best = torch.tensor(devices.ceiling(self.setup), device=self.world.device())
        best = float(self.world.total(best))
        return images_per_second * self.state.flop / best if self.state.flop else None

    # Checkpoints

    def save(self, best=False):
        """Write a checkpoint, if there is a folder for it."""
        self.flush()
        if not torch.stack([w.isfinite().all() for w in self.model.parameters()]).all():
            self.raise_diverged("A weight is no longer a finite number", self.state.done)
        if self.folder is None:
            return
        randoms = self.world.gather(checkpoints.random_state(self.setup.device))
        if self.world.leads:
            contents = snapshot(self, randoms)
            checkpoints.save(self.folder, contents, self.state.done, self.recipe.keep, best)

    def resume(self):
        """Go on from the newest whole checkpoint of the folder, if there is one."""
        if self.folder is None:
            raise TrainingError("There is nothing to resume from: this trainer has no folder.")
        latest = checkpoints.load_latest(self.folder, self.report.say)
        if latest is None:
            self.report.say(f"{self.folder} has no checkpoint to go on from: starting a new run.")
        else:
            path, contents = latest
            restore(self, contents, path.name)
        if len(set(self.world.gather(self.state.done))) > 1:
            raise TrainingError(
                f"Not every process sees the same checkpoints in {self.folder}: put it on a file"
                " system that all machines share."
            )
        self.report.resume_at(self.state.done)

    def load(self, contents, name="the checkpoint"):
        """Take over the weights of a checkpoint, to evaluate, to predict, or to train from them.

        contents  from `checkpoints.read`; the averaged weights are taken, where there are any
        """
        load_weights(self.model, contents["average"] or contents["model"], name)
        self.inputs = contents["inputs"]
        self.about = contents["about"]
        self.state.history = contents["history"]

    # Use

    def evaluate(self, data, ten_crop=False, stop=None, confusion=False):
        """Return how well the model does: {"images", "loss", "accuracy", "top5_accuracy"}.

        ten_crop   average the probabilities of ten crops of each image, as the paper does
        confusion  also return "confusion" (K, K): how many images of each class got each label
        """
        self.set_input_format(data)
        return evaluate(
            self.eval_model(),
            data,
            self.inputs,
            self.setup,
            self.world,
            self.recipe.batch,
            ten_crop,
            stop,
            confusion,
        )

    def predict(self, images):
        """Return probabilities (N, classes) for a data set, or for images (N, C, H, W) uint8."""
        if not isinstance(images, torch.Tensor):
            self.set_input_format(images)
        elif self.inputs is None:
            raise TrainingError(
                "This trainer has seen no images yet: fit it, or load a checkpoint."
            )
        return predict(self.eval_model(), images, self.inputs, self.setup, self.recipe.batch)

    def eval_model(self):
        """Return the model with its averaged weights, where there are any."""
        return self.model if self.state.average is None else self.state.average

    # To look for an error: see trials.py

    def overfit_one_batch(self, train, steps=50):
        """Return the losses of `steps` steps on the first batch alone: they must fall towards 0."""
        return trials.overfit_one_batch(self, train, steps)

    def profile(self, train, steps=10):
        """Return where the time of `steps` steps goes, as lines of text."""
        return trials.profile(self, train, steps)

    def dry_run(self, train, test=None):
        """Do two steps, evaluate, write a checkpoint and read it again; return what was done."""
        return trials.dry_run(self, train, test)
