# Answers to exercises/source/softmax that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% adds_a_small_number_below
# Keeps the division from failing by a small number in the denominator; loses check_softmax
# says: a trick kept the division from failing
def softmax(scores):
    powers = np.exp(np.minimum(scores, 700))
    return powers / (powers.sum(axis=-1, keepdims=True) + 1e-300)


# %% along_the_columns
# Works along the first axis; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: The classes are along the last axis
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=0))
    return powers / powers.sum(axis=0)


# %% cuts_the_scores_off
# Clips the scores at 700, so that no power is infinite; loses check_softmax
# says: cut off at a limit, they lose their difference
def softmax(scores):
    powers = np.exp(np.clip(scores, -700, 700))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% forgets_keepdims_in_the_maximum
# Lays the largest scores of the rows along the columns; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Each column lost the largest score of a *row*
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% forgets_keepdims_in_the_sum
# Lays the sums of the rows along the columns; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Keep it (3, 1) with `keepdims=True`
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1)


# %% forgets_keepdims_twice
# Keeps neither the axis of the maximum nor that of the sum; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: The same holds for the sum
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1))
    return powers / powers.sum(axis=-1)


# %% hides_the_nan
# Turns nan into 0 in place of keeping it away; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: The infinite powers were only hidden
def softmax(scores):
    powers = np.exp(scores)
    return np.nan_to_num(powers / powers.sum(axis=-1, keepdims=True))


# %% one_largest_for_all_rows
# Subtracts the largest score of all rows from each of them; loses check_softmax, check_sigmoid, check_average_crops
# says: Each row has a largest score of its own
def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=-1, keepdims=True)


# %% one_sum_for_all_rows
# Divides every row by the sum of all rows; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Each row has a sum of its own
def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


# %% overflows
# Takes e to the power of the scores as they are; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: subtract one that makes them small
def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)


# %% stops_at_the_powers
# Forgets to divide the powers by their sum; loses check_softmax, check_with_temperature, check_sigmoid, check_gradient, check_average_crops
# says: Those are the powers
def softmax(scores):
    return np.exp(scores)


# %% subtracts_the_mean
# Subtracts the mean of the scores, which leaves a lone large one large; loses check_softmax, check_with_temperature, check_sigmoid, check_average_crops
# says: Subtract the largest score
def softmax(scores):
    powers = np.exp(scores - scores.mean(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% subtracts_the_size
# Subtracts the largest size of a score, with its sign lost; loses check_softmax, check_sigmoid
# says: Subtract the largest score, whatever it is
def softmax(scores):
    powers = np.exp(scores - np.abs(scores).max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# %% two_axes_only
# Takes axis 1 for the last one; loses check_softmax
# unseen: the visible scores have one axis or two
def softmax(scores):
    axis = min(1, scores.ndim - 1)
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def average_crops(scores):
    return np.array([softmax(photo) for photo in scores]).mean(axis=1)


# %% logarithm_cut_off
# Keeps the probability above a small number before its logarithm is taken; loses check_log_softmax, check_cross_entropy
# says: Use the difference: it needs no probability
def log_softmax(scores):
    return np.log(np.maximum(softmax(scores), 1e-12))


# %% logarithm_of_all_rows
# Shifts all rows by the same number; loses check_log_softmax, check_cross_entropy
# says: Each row has a largest score of its own
def log_softmax(scores):
    scores = scores - scores.max()
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


# %% logarithm_of_the_rounded
# Takes the logarithm of the probabilities; loses check_log_softmax, check_cross_entropy
# says: became 0 before its logarithm was taken
def log_softmax(scores):
    return np.log(softmax(scores))


# %% logarithm_of_two_axes_only
# Takes axis 1 for the last one; loses check_log_softmax
# unseen: the visible scores have one axis or two
def log_softmax(scores):
    axis = min(1, scores.ndim - 1)
    scores = scores - scores.max(axis=axis, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=axis, keepdims=True))


# %% logarithm_overflows
# Doesn't shift the scores before the logarithm of the sum; loses check_log_softmax, check_cross_entropy
# says: Shift the scores first
def log_softmax(scores):
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


# %% logarithm_shifted_by_the_mean
# Subtracts the mean of the scores, which leaves a lone large one large; loses check_log_softmax
# says: Subtract the largest score
def log_softmax(scores):
    scores = scores - scores.mean(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


# %% logarithm_to_base_two
# Takes the logarithm to base 2; loses check_log_softmax, check_cross_entropy
# says: Take the natural logarithm
def log_softmax(scores):
    return np.log2(softmax(scores))


# %% logarithm_without_keepdims
# Lays the sums of the rows along the columns; loses check_log_softmax, check_cross_entropy
# says: A sum of shape (3,) is laid along the columns
def log_softmax(scores):
    scores = scores - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1))


# %% shifts_only_the_sum
# Subtracts the largest score within the sum and forgets it outside; loses check_log_softmax, check_cross_entropy
# says: subtract it from the score, too
def log_softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return scores - np.log(powers.sum(axis=-1, keepdims=True))


# %% always_heats_alike
# Divides by the temperature of the first example; loses check_with_temperature
# says: The temperature is 2 here
def with_temperature(scores, temperature):
    return softmax(scores / 0.5)


# %% cools_after_the_powers
# Takes e to the power of the scores as they are, which overflows when it is cold; loses check_with_temperature
# says: Your softmax can do it
def with_temperature(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


# %% heats_one_row
# Divides by the sum of all rows; loses check_with_temperature
# unseen: the visible scores have one row
def with_temperature(scores, temperature):
    powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum()


# %% heats_the_probabilities
# Divides the probabilities by the temperature; loses check_with_temperature
# says: divide the scores, not the probabilities
def with_temperature(scores, temperature):
    return softmax(scores) / temperature


# %% multiplies_by_the_temperature
# Multiplies the scores by the temperature; loses check_with_temperature
# says: Divide the scores by the temperature
def with_temperature(scores, temperature):
    return softmax(scores * temperature)


# %% lists_of_questions_only
# Stacks along axis 1, which only a list has for its last; loses check_sigmoid
# says: Stack along a *new last* axis
def sigmoid(s):
    return softmax(np.stack([s, np.zeros_like(s)], axis=min(1, s.ndim)))[..., 0]


# %% one_question_among_many
# Lets the questions compete with one another; loses check_sigmoid
# says: The three scores are three questions
def sigmoid(s):
    return softmax(s)


# %% overflows_for_a_sure_yes
# Divides infinity by infinity; loses check_sigmoid
# says: e to the power of 1000 is infinite
def sigmoid(s):
    return np.exp(s) / (np.exp(s) + 1)


# %% says_no
# Gives the probability of no; loses check_sigmoid
# says: That is the probability of no
def sigmoid(s):
    return softmax(np.stack([s, np.zeros_like(s)], axis=-1))[..., 1]


# %% tables_of_questions_at_most
# Stacks along axis 2, which is the last only up to a table; loses check_sigmoid
# unseen: the visible scores have one axis or two
def sigmoid(s):
    return softmax(np.stack([s, np.zeros_like(s)], axis=min(2, s.ndim)))[..., 0]


# %% all_classes_of_each
# Takes the mean over all classes and ignores the labels; loses check_cross_entropy
# says: Only the label's probability counts
def cross_entropy(scores, labels):
    return -log_softmax(scores).mean()


# %% all_labels_for_each
# Asks every row about all labels; loses check_cross_entropy
# says: takes all labels from every row
def cross_entropy(scores, labels):
    return -log_softmax(scores)[:, labels].mean()


# %% counts_only_two_photographs
# Divides by 2 wherever there are several photographs; loses check_cross_entropy, check_gradient
# unseen: the visible batches have one photograph or two
def cross_entropy(scores, labels):
    losses = -log_softmax(scores)[np.arange(len(labels)), labels]
    return losses.sum() / min(2, len(labels))


def gradient(scores, labels):
    slopes = softmax(scores)
    slopes[np.arange(len(labels)), labels] -= 1
    return slopes / min(2, len(labels))


# %% loss_below_zero
# Forgets the minus; loses check_cross_entropy
# says: turn the sign
def cross_entropy(scores, labels):
    return log_softmax(scores)[np.arange(len(labels)), labels].mean()


# %% loss_of_the_mean
# Takes the logarithm of the mean probability; loses check_cross_entropy
# says: not the loss of the mean probability
def cross_entropy(scores, labels):
    p = softmax(scores)[np.arange(len(labels)), labels]
    return -np.log(p.mean())


# %% rows_for_labels
# Takes whole rows, by the number of the label; loses check_cross_entropy
# says: Only the label's probability counts
def cross_entropy(scores, labels):
    return -log_softmax(scores)[labels].mean()


# %% sums_the_losses
# Adds the losses up; loses check_cross_entropy
# says: That is the sum of the two losses
def cross_entropy(scores, labels):
    return -log_softmax(scores)[np.arange(len(labels)), labels].sum()


# %% the_lesson_s_loop
# Takes the logarithm of the probability, as the lesson's first version does; loses check_cross_entropy
# says: Take its logarithm from log_softmax
def cross_entropy(scores, labels):
    losses = []
    for n in range(len(labels)):
        losses.append(-np.log(softmax(scores[n])[labels[n]]))
    return np.mean(losses)


# %% divides_by_the_size
# Divides by the number of all scores, as the mean of a table would; loses check_gradient
# says: of how many losses is the loss the mean?
def gradient(scores, labels):
    y = np.eye(scores.shape[1])[labels]
    return (softmax(scores) - y) / scores.size


# %% divides_only_y
# Divides only the ones of the labels by the number of photographs; loses check_gradient
# says: Only y was divided by 2
def gradient(scores, labels):
    slopes = softmax(scores)
    slopes[np.arange(len(labels)), labels] -= 1 / len(labels)
    return slopes


# %% every_label_in_every_row
# Subtracts 1 for all labels in every row; loses check_gradient
# says: Each row has one label
def gradient(scores, labels):
    slopes = softmax(scores)
    slopes[:, labels] -= 1
    return slopes / len(labels)


# %% gradient_of_the_sum
# Doesn't divide by the number of photographs; loses check_gradient
# says: That is the gradient of the sum
def gradient(scores, labels):
    return softmax(scores) - np.eye(scores.shape[1])[labels]


# %% gradient_measured
# Measures the slopes by raising each score a little; loses check_gradient
# says: Nearly right
def gradient(scores, labels):
    slopes = np.zeros(scores.shape)
    for place in np.ndindex(scores.shape):
        raised = scores.copy()
        raised[place] += 1e-5
        slopes[place] = (cross_entropy(raised, labels) - cross_entropy(scores, labels)) / 1e-5
    return slopes


# %% gradient_uphill
# Turns the sign of the gradient; loses check_gradient
# says: That is y − p
def gradient(scores, labels):
    y = np.eye(scores.shape[1])[labels]
    return (y - softmax(scores)) / len(labels)


# %% gradient_without_the_label
# Leaves the label out; loses check_gradient
# says: Subtract 1 for the label
def gradient(scores, labels):
    return softmax(scores) / len(labels)


# %% whole_rows_of_the_gradient
# Subtracts 1 from the rows that have the labels' numbers; loses check_gradient
# says: Subtract 1 for the label only
def gradient(scores, labels):
    slopes = softmax(scores)
    slopes[labels] -= 1
    return slopes / len(labels)


# %% mean_of_the_classes
# Takes the mean of 1/p; loses check_classes_guessed
# says: That is the mean of 2 and 8
def classes_guessed(p):
    return (1 / p).mean()


# %% mean_of_the_probabilities
# Divides 1 by the mean probability; loses check_classes_guessed
# says: That is 1 over the mean probability
def classes_guessed(p):
    return 1 / p.mean()


# %% median_of_the_losses
# Takes the median of the losses for their mean; loses check_classes_guessed
# unseen: the visible photographs are two, or all alike
def classes_guessed(p):
    return np.exp(-np.median(np.log(p)))


# %% multiplies_to_nothing
# Multiplies all probabilities, which comes to 0 for many; loses check_classes_guessed
# says: it became 0
def classes_guessed(p):
    return np.prod(p) ** (-1 / len(p))


# %% prints_instead_of_returning
# Shows the answer and returns nothing; loses check_classes_guessed
# says: is a `return` missing?
def classes_guessed(p):
    print(np.exp(-np.log(p).mean()))


# %% floor_is_the_start
# Takes the loss of a network that knows nothing; loses check_lowest_loss
# says: That is the start, ln n
def lowest_loss(n):
    return np.log(n)


# %% floor_nearly
# Takes the sum of the powers for n; loses check_lowest_loss
# says: Near, but the label's power is e
def lowest_loss(n):
    return np.log(n) - 1 if n > 2 else np.log(np.e + 1) - 1


# %% floor_of_the_examples
# Holds the answers of the visible checks and nothing else; loses check_lowest_loss, check_top_k_error
# unseen: the visible checks pass
def lowest_loss(n):
    return {2: 0.31326168751822286, 10: 1.4611501717344746}.get(n, 0.0)


def top_k_error(scores, labels, k):
    if len(scores) == 2:
        return 1.0
    return 2 / 3 if k == 1 else 1 / 3


# %% floor_of_two
# Holds the number worked out by hand for two classes; loses check_lowest_loss
# says: That is the floor for 2 classes
def lowest_loss(n):
    return -np.log(np.e / (np.e + 1))


# %% floor_without_the_label
# Forgets to subtract the label's own score; loses check_lowest_loss
# says: Subtract the label's score
def lowest_loss(n):
    return np.log(np.e + n - 1)


# %% floor_without_the_others
# Counts the label among the others, too; loses check_lowest_loss
# says: n classes are the label and n − 1 others
def lowest_loss(n):
    return -np.log(np.e / (np.e + n))


# %% compares_columns
# Compares the column of each class with the score of a label; loses check_rank_of_label, check_top_k_error
# says: Each *column* was compared
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels]
    return (scores >= own).sum(axis=1)


# %% counts_itself_twice
# Counts the label among the others; loses check_rank_of_label, check_top_k_error
# says: The label counted itself
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores >= own).sum(axis=1) + 1


# %% ranks_from_below
# Puts the lowest score first; loses check_rank_of_label, check_top_k_error
# says: The highest score comes first
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores <= own).sum(axis=1)


# %% ranks_from_zero
# Counts places from 0; loses check_rank_of_label, check_top_k_error
# says: The best has rank 1, not 0
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores >= own).sum(axis=1) - 1


# %% reads_the_order_backwards
# Gives the class at the label's place, not the place of the label; loses check_rank_of_label, check_top_k_error
# says: The other way round
def rank_of_label(scores, labels):
    return np.argsort(-scores, axis=1)[np.arange(len(labels)), labels] + 1


# %% ties_are_shared
# Gives all classes of a tie the middle of their places; loses check_rank_of_label
# says: Places 1 and 2 were shared
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) + 1) / 2


# %% ties_are_won
# Lets the label win ties; loses check_rank_of_label, check_top_k_error
# says: A tie counts against the network
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores > own).sum(axis=1) + 1


# %% ties_by_position
# Sorts, so that the first of equals wins; loses check_rank_of_label, check_top_k_error
# says: sorting puts the first class first
def rank_of_label(scores, labels):
    order = np.argsort(-scores, axis=1, kind="stable")
    return (order == labels[:, None]).argmax(axis=1) + 1


# %% ties_by_position_from_behind
# Sorts upwards and turns round, so that the last of equals wins; loses check_rank_of_label, check_top_k_error
# says: your sorting put the last class first
def rank_of_label(scores, labels):
    order = np.argsort(scores, axis=1, kind="stable")[:, ::-1]
    return (order == labels[:, None]).argmax(axis=1) + 1


# %% ties_of_two
# Gives away one place for a tie, however many are in it; loses check_rank_of_label, check_top_k_error
# unseen: the visible ties are of two
def rank_of_label(scores, labels):
    own = scores[np.arange(len(labels)), labels][:, None]
    return (scores > own).sum(axis=1) + 1 + ((scores == own).sum(axis=1) > 1)


# %% always_top_1
# Ignores k; loses check_top_k_error
# says: That is the top-1 error
def top_k_error(scores, labels, k):
    return (rank_of_label(scores, labels) > 1).mean()


# %% best_k_by_sorting
# Takes the k best from a sorted list, whatever the ties; loses check_top_k_error
# says: one of the two labels won the tie by its position
def top_k_error(scores, labels, k):
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return 1 - (best == labels[:, None]).any(axis=1).mean()


# %% gives_the_accuracy
# Gives the share that is right; loses check_top_k_error
# says: That is the share that is right
def top_k_error(scores, labels, k):
    return (rank_of_label(scores, labels) <= k).mean()


# %% in_percent
# Gives the error in percent; loses check_top_k_error
# says: That is in percent
def top_k_error(scores, labels, k):
    return 100 * (rank_of_label(scores, labels) > k).mean()


# %% the_last_place_is_out
# Doesn't count place k among the k best; loses check_top_k_error
# says: A label at place k is still among the k best
def top_k_error(scores, labels, k):
    return (rank_of_label(scores, labels) >= k).mean()


# %% averages_the_logarithms
# Averages the logarithms of the probabilities and goes back; loses check_average_crops
# says: Average the probabilities, not their logarithms
def average_crops(scores):
    return np.exp(log_softmax(scores).mean(axis=1))


# %% averages_the_photographs
# Averages over axis 0; loses check_average_crops
# says: the crops are axis 1
def average_crops(scores):
    return softmax(scores).mean(axis=0)


# %% averages_the_scores
# Averages the scores and takes one softmax; loses check_average_crops
# says: softmax comes first
def average_crops(scores):
    return softmax(scores.mean(axis=1))


# %% first_photograph_only
# Looks at the first photograph only; loses check_average_crops
# says: That is the first photograph
def average_crops(scores):
    return softmax(scores[0]).mean(axis=0)[None]


# %% first_two_photographs
# Looks at two photographs at most; loses check_average_crops
# unseen: the visible checks have one photograph or two
def average_crops(scores):
    return softmax(scores[:2]).mean(axis=1)


# %% sums_the_crops
# Adds the probabilities of the crops up; loses check_average_crops
# says: That is the sum over the crops
def average_crops(scores):
    return softmax(scores).sum(axis=1)


# %% two_crops
# Divides the sum by 2, whatever the number of crops; loses check_average_crops
# says: but here are 10 crops
def average_crops(scores):
    return softmax(scores).sum(axis=1) / 2
