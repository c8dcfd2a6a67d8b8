# Answers to exercises/source/history that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% counts_the_mistakes
# Gives how many are missed, not the share; loses check_top_error, check_averaged_error
# says: divide by the number of photographs
def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, ::-1][:, :k]
    hit = (guesses == np.asarray(right)[:, None]).any(axis=1)
    return float((~hit).sum())


# %% gives_the_accuracy
# Gives the share that is right; loses check_top_error, check_averaged_error
# says: the share that is right
def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, ::-1][:, :k]
    return float((guesses == np.asarray(right)[:, None]).any(axis=1).mean())


# %% one_guess_only
# Looks at the first guess, whatever k is; loses check_top_error, check_averaged_error
# says: All k guesses count
def top_error(scores, right, k):
    return float((np.argmax(scores, axis=1) != right).mean())


# %% takes_the_lowest_scores
# Takes the classes with the lowest scores; loses check_top_error, check_averaged_error
# says: turn the order round
def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, :k]
    return float(1 - (guesses == np.asarray(right)[:, None]).any(axis=1).mean())


# %% two_guesses_at_most
# Never looks beyond the second guess, or the third; loses check_top_error, check_averaged_error
# unseen: the visible checks have three classes
def top_error(scores, right, k):
    guesses = np.argsort(scores, axis=1)[:, ::-1][:, : min(k, 3)]
    return float(1 - (guesses == np.asarray(right)[:, None]).any(axis=1).mean())


# %% always_rounds_up
# Rounds up; loses check_as_printed
# unseen: both visible checks round up
def as_printed(fraction):
    return float(np.ceil(1000 * fraction) / 10)


# %% cuts_off
# Cuts the digits off; loses check_as_printed
# says: Round, don't cut off
def as_printed(fraction):
    return int(1000 * fraction) / 10


# %% rounds_first
# Rounds the fraction, then multiplies; loses check_as_printed
# says: Multiply by 100 first
def as_printed(fraction):
    return round(fraction, 1) * 100


# %% whole_percent
# Rounds to a whole number; loses check_as_printed
# says: One digit after the point
def as_printed(fraction):
    return round(100 * fraction)


# %% gains_fractions
# Rounds fractions to one digit; loses check_gain
# says: In points
def gain(old, new):
    logs = results()["logs"]
    return tuple(round(logs[old][t] - logs[new][t], 1) for t in ("top1", "top5"))


# %% never_loses
# Has no gain below 0; loses check_gain
# unseen: every visible gain is 0 or more
def gain(old, new):
    logs = results()["logs"]
    return tuple(abs(round(100 * (logs[old][t] - logs[new][t]), 1)) for t in ("top1", "top5"))


# %% new_less_old
# Subtracts the other way round; loses check_gain
# says: old less new
def gain(old, new):
    logs = results()["logs"]
    return tuple(round(100 * (logs[new][t] - logs[old][t]), 1) for t in ("top1", "top5"))


# %% subtracts_rounded
# Rounds both errors, then subtracts; loses check_gain
# says: Rounded too early
def gain(old, new):
    logs = results()["logs"]
    return tuple(as_printed(logs[old][t]) - as_printed(logs[new][t]) for t in ("top1", "top5"))


# %% a_point_is_one
# Takes a point for all photographs; loses check_photographs
# says: one in a hundred
def photographs(points, n):
    return round(points * n)


# %% cuts_photographs
# Cuts the fraction off; loses check_photographs
# says: Round to the nearest
def photographs(points, n):
    return int(points / 100 * n)


# %% rounds_photographs_up
# Rounds up; loses check_photographs
# unseen: the visible numbers are whole, or nearer to the next
def photographs(points, n):
    return int(np.ceil(round(points * n / 100, 6)))


# %% divides_outside
# Divides by n outside of the root; loses check_standard_error, check_is_clear
# says: n stands under the root
def standard_error(error, n):
    return float(np.sqrt(error * (1 - error)) / n)


# %% forgets_the_root
# Gives the variance; loses check_standard_error, check_is_clear
# says: The square root is missing
def standard_error(error, n):
    return error * (1 - error) / n


# %% half_is_right
# Takes the error for one half; loses check_standard_error
# says: gave 0.025
def standard_error(error, n):
    return 0.5 / float(np.sqrt(n))


# %% root_of_p_alone
# Leaves out 1 - p; loses check_standard_error, check_is_clear
# says: expected 0.05
def standard_error(error, n):
    return float(np.sqrt(error / n))


# %% small_errors_only
# Is right for errors up to one half; loses check_standard_error
# unseen: no visible error is larger
def standard_error(error, n):
    if error > 0.5:
        error = 0.5
    return float(np.sqrt(error * (1 - error) / n))


# %% adds_the_errors
# Adds the two standard errors; loses check_is_clear
# says: Add the squares
def is_clear(p, q, n):
    return bool(abs(p - q) > 2 * (standard_error(p, n) + standard_error(q, n)))


# %% any_tenth_is_clear
# Calls a difference clear by its size alone; loses check_is_clear
# unseen: all visible checks have 100 photographs
def is_clear(p, q, n):
    return abs(p - q) > 0.12


# %% first_must_be_larger
# Finds a difference clear only if p is larger; loses check_is_clear
# says: It doesn't matter which
def is_clear(p, q, n):
    both = np.sqrt(standard_error(p, n) ** 2 + standard_error(q, n) ** 2)
    return bool(p - q > 2 * both)


# %% one_standard_error
# Takes the standard error of one of the two; loses check_is_clear
# says: Both have a standard error
def is_clear(p, q, n):
    return bool(abs(p - q) > 2 * standard_error(p, n))


# %% asks_the_first_network
# Asks the first network alone; loses check_averaged_error
# says: first network alone
def averaged_error(probabilities, right, k):
    return top_error(probabilities[0], right, k)


# %% averages_the_errors
# Averages the errors of the networks; loses check_averaged_error
# says: average the probabilities first
def averaged_error(probabilities, right, k):
    return float(np.mean([top_error(one, right, k) for one in probabilities]))


# %% takes_the_highest
# Takes the highest probability that any network gives; loses check_averaged_error
# unseen: in the visible checks the surest network is right
def averaged_error(probabilities, right, k):
    return top_error(np.max(probabilities, axis=0), right, k)


# %% divides_by_the_new
# Divides by what is left; loses check_relative_gain
# says: what was there before
def relative_gain(before, after):
    return 100 * (before - after) / after


# %% gains_points
# Gives the points; loses check_relative_gain
# says: Which part of the 20
def relative_gain(before, after):
    return before - after


# %% whole_percents_gone
# Rounds to a whole number; loses check_relative_gain
# unseen: the visible answers are whole
def relative_gain(before, after):
    return round(100 * (before - after) / before)


# %% one_card
# Forgets that there are several cards; loses check_share_of_peak
# says: All cards together
def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return operations * photographs * epochs / (days * 86_400 * peak)


# %% one_epoch
# Forgets the epochs; loses check_share_of_peak
# says: Every epoch
def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return operations * photographs / (days * 86_400 * cards * peak)


# %% ten_epochs_always
# Takes ten epochs, whatever is given; loses check_share_of_peak
# unseen: both visible checks have ten
def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return operations * photographs * 10 / (days * 86_400 * cards * peak)


# %% turned_round
# Divides what is possible by what was done; loses check_share_of_peak
# says: the other way round
def share_of_peak(operations, photographs, epochs, days, cards, peak):
    return days * 86_400 * cards * peak / (operations * photographs * epochs)


# %% counts_the_busiest
# Gives how many days the month has; loses check_busiest_month
# says: The month itself
def busiest_month(days):
    months = [day[:7] for day in days]
    return max(months.count(month) for month in months)


# %% earliest_month_of_two
# Gives the earliest month that has more than one day; loses check_busiest_month
# unseen: that is the busiest one in the visible checks
def busiest_month(days):
    months = sorted(day[:7] for day in days)
    several = [month for month in months if months.count(month) > 1]
    return several[0] if several else months[0]


# %% first_in_the_list
# Takes the first in the list of equally busy months; loses check_busiest_month
# says: the earlier one
def busiest_month(days):
    months = [day[:7] for day in days]
    return max(months, key=months.count)


# %% month_without_year
# Gives the month without its year; loses check_busiest_month
# says: With its year
def busiest_month(days):
    months = [day[5:7] for day in days]
    return max(sorted(set(months)), key=months.count)


# %% forgets_the_first_place
# Forgets the first place, as the paper does; loses check_crops
# says: The first place counts too
def crops(image, window):
    return (image - window) ** 2 * 2


# %% forgets_the_mirror
# Forgets the mirror images; loses check_crops
# says: mirror image
def crops(image, window):
    return (image - window + 1) ** 2


# %% knows_the_examples
# Holds the answers of the visible checks and nothing else; loses check_crops
# unseen: the visible checks pass
def crops(image, window):
    return {(4, 3): 8, (5, 3): 18}.get((image, window), 2)


# %% mirrors_twice
# Mirrors up and down as well; loses check_crops
# says: one mirror image
def crops(image, window):
    return (image - window + 1) ** 2 * 4
