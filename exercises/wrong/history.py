# Answers to exercises/source/history that are known to be wrong: each must lose points.
# exercises/README.md explains the format.

# %% gives_scores
# Gives the scores and not their classes; loses check_best, check_top_error, check_averaged_error
# says: Those are the scores
def best(scores, k):
    return sorted(scores, reverse=True)[:k]


# %% lowest_first
# Sorts from the lowest score; loses check_best, check_top_error, check_averaged_error
# says: Those have the lowest scores
def best(scores, k):
    return sorted(range(len(scores)), key=lambda number: scores[number])[:k]


# %% number_alone
# Gives a single guess without a list; loses check_best, check_top_error, check_averaged_error
# says: A list, even if it has only one number
def best(scores, k):
    order = np.argsort(scores)[::-1].tolist()
    return order[0] if k == 1 else order[:k]


# %% numbers_move
# Takes the best out of the list each time; loses check_best, check_top_error, check_averaged_error
# says: those behind it get other numbers
def best(scores, k):
    scores, numbers = list(scores), []
    for _ in range(k):
        numbers.append(scores.index(max(scores)))
        scores.remove(max(scores))
    return numbers


# %% order_forgotten
# Gives the right classes, lowest first; loses check_best
# says: the highest score comes first
def best(scores, k):
    return sorted(range(len(scores)), key=lambda number: scores[number])[-k:]


# %% three_at_most
# Never gives more than three; loses check_best, check_top_error, check_averaged_error
# unseen: no visible check asks for more
def best(scores, k):
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    return order[: min(k, 3)]


# %% zero_marks_the_taken
# Marks a class as taken by the score 0; loses check_best, check_top_error
# unseen: no visible score is below 0
def best(scores, k):
    scores, numbers = list(scores), []
    for _ in range(k):
        numbers.append(scores.index(max(scores)))
        scores[numbers[-1]] = 0
    return numbers


# %% compares_with_the_list
# Asks whether the class equals the list of guesses; loses check_top_error, check_averaged_error
# says: A number never equals a list
def top_error(table, right, k):
    missed = 0
    for scores, number in zip(table, right, strict=True):
        if number != best(scores, k):
            missed += 1
    return missed / len(right)


# %% counts_the_mistakes
# Gives how many are missed, not the share; loses check_top_error, check_averaged_error
# says: divide by the number of photographs
def top_error(table, right, k):
    return sum(number not in best(table[i], k) for i, number in enumerate(right))


# %% divides_by_five
# Divides by the five photographs of the example; loses check_top_error, check_averaged_error
# says: Here are two photographs, not five
def top_error(table, right, k):
    return sum(number not in best(table[i], k) for i, number in enumerate(right)) / 5


# %% gives_the_accuracy
# Gives the share that is right; loses check_top_error, check_averaged_error
# says: the share that is right
def top_error(table, right, k):
    return sum(number in best(table[i], k) for i, number in enumerate(right)) / len(right)


# %% one_guess_only
# Looks at the first guess, whatever k is; loses check_top_error, check_averaged_error
# says: All k guesses count
def top_error(table, right, k):
    return sum(number not in best(table[i], 1) for i, number in enumerate(right)) / len(right)


# %% adds_up
# Adds the scores up; loses check_averaged
# says: Those are the sums
def averaged(networks):
    return [sum(scores) for scores in zip(*networks, strict=True)]


# %% always_two
# Divides by two, however many networks there are; loses check_averaged
# says: Here three networks decide
def averaged(networks):
    return [sum(scores) / 2 for scores in zip(*networks, strict=True)]


# %% mean_of_each_network
# Averages along the wrong axis; loses check_averaged, check_averaged_error
# says: One for each class is asked for
def averaged(networks):
    return [sum(scores) / len(scores) for scores in networks]


# %% rounds_means
# Rounds to two digits; loses check_averaged, check_averaged_error
# unseen: the visible means have two digits
def averaged(networks):
    return np.mean(networks, axis=0).round(2)


# %% takes_the_highest
# Takes the highest score that any network gives; loses check_averaged, check_averaged_error
# says: That is the highest score
def averaged(networks):
    return [max(scores) for scores in zip(*networks, strict=True)]


# %% asks_the_first_network
# Asks the first network alone; loses check_averaged_error
# says: first network alone
def averaged_error(networks, right, k):
    return top_error(networks[0], right, k)


# %% averages_over_photographs
# Averages each network's table over the photographs; loses check_averaged_error
# says: Averaged over the photographs?
def averaged_error(networks, right, k):
    table = [averaged(network) for network in networks]
    return sum(right[i] not in best(table[i], k) for i in range(len(table))) / len(table)


# %% averages_the_errors
# Averages the errors of the networks; loses check_averaged_error
# says: Average the scores first
def averaged_error(networks, right, k):
    return sum(top_error(network, right, k) for network in networks) / len(networks)


# %% first_two_networks
# Asks two networks, however many there are; loses check_averaged_error
# says: Here three networks decide
def averaged_error(networks, right, k):
    table = [averaged([network[i] for network in networks[:2]]) for i in range(len(right))]
    return top_error(table, right, k)


# %% majority_of_guesses
# Lets the networks vote with their first guesses; loses check_averaged_error
# unseen: in the visible checks the vote and the mean miss the same
def averaged_error(networks, right, k):
    table = []
    for i in range(len(right)):
        votes = averaged([network[i] for network in networks])
        for network in networks:
            votes[best(network[i], 1)[0]] += 1
        table.append(votes)
    return top_error(table, right, k)


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


# %% never_negative
# Has no gain below 0; loses check_relative_gain
# unseen: no visible error grows
def relative_gain(before, after):
    return abs(100 * (before - after) / before)


# %% after_minus_before
# Subtracts the other way round; loses check_relative_gain
# says: before minus after
def relative_gain(before, after):
    return 100 * (after - before) / before


# %% all_layers_back_twice
# Lets the first layer go back twice; loses check_training_operations
# says: The first layer goes back only once
def training_operations(multiply_adds, photographs, epochs):
    return 6 * sum(multiply_adds) * photographs * epochs


# %% counts_pairs
# Counts a multiply-add as one operation; loses check_training_operations
# says: Those are multiply-adds
def training_operations(multiply_adds, photographs, epochs):
    return (3 * sum(multiply_adds) - multiply_adds[0]) * photographs * epochs


# %% forgets_the_epochs
# Counts one epoch; loses check_training_operations
# says: Every epoch
def training_operations(multiply_adds, photographs, epochs):
    return 2 * (3 * sum(multiply_adds) - multiply_adds[0]) * photographs


# %% forward_only
# Forgets the way back; loses check_training_operations
# says: forward alone
def training_operations(multiply_adds, photographs, epochs):
    return 2 * sum(multiply_adds) * photographs * epochs


# %% last_layer_once
# Spares the last layer in place of the first; loses check_training_operations
# says: not the last
def training_operations(multiply_adds, photographs, epochs):
    return 2 * (3 * sum(multiply_adds) - multiply_adds[-1]) * photographs * epochs


# %% two_layers_only
# Counts the first two layers; loses check_training_operations
# unseen: the visible networks have one layer or two
def training_operations(multiply_adds, photographs, epochs):
    pairs = 2 * multiply_adds[0] + 3 * sum(multiply_adds[1:2])
    return 2 * pairs * photographs * epochs


# %% a_day_has_an_hour
# Forgets the hours; loses check_share_of_peak
# says: A day has 24 hours
def share_of_peak(operations, days, cards, peak):
    return operations / (days * 60 * 60 * cards * peak)


# %% one_card
# Forgets that there are several cards; loses check_share_of_peak
# says: All cards together
def share_of_peak(operations, days, cards, peak):
    return operations / (days * 86_400 * peak)


# %% one_day
# Forgets the days; loses check_share_of_peak
# says: multiply by the days
def share_of_peak(operations, days, cards, peak):
    return operations / (86_400 * cards * peak)


# %% peak_of_the_example
# Takes the example's peak, whatever is given; loses check_share_of_peak
# unseen: both visible checks have it
def share_of_peak(operations, days, cards, peak):
    return operations / (days * 86_400 * cards * 1e6)


# %% turned_round
# Divides what is possible by what was done; loses check_share_of_peak
# says: the other way round
def share_of_peak(operations, days, cards, peak):
    return days * 86_400 * cards * peak / operations


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


# %% latest_month
# Gives the latest month; loses check_busiest_month
# says: the latest month, not the busiest
def busiest_month(days):
    return max(days)[:7]


# %% month_without_year
# Gives the month without its year; loses check_busiest_month
# says: With its year
def busiest_month(days):
    months = [day[5:7] for day in days]
    return max(sorted(set(months)), key=months.count)


# %% days_of_the_month
# Subtracts days of the month; loses check_last_in_time
# says: Subtract dates, not days of the month
def last_in_time(runs, deadline, needed):
    limit = int(deadline[8:])
    fits = [(day, name) for name, day in runs if abs(limit - int(day[8:])) >= needed]
    return min(fits)[1] if deadline[5:7] == "10" else max(fits)[1]


# %% first_in_time
# Gives the network begun first; loses check_last_in_time
# says: others that were begun later are as well
def last_in_time(runs, deadline, needed):
    return min((day, name) for name, day in runs)[1]


# %% last_begun
# Doesn't ask whether there is time; loses check_last_in_time
# says: begun three days before the deadline
def last_in_time(runs, deadline, needed):
    return max((day, name) for name, day in runs)[1]


# %% last_in_the_list
# Takes the last of the list that is in time; loses check_last_in_time
# says: Compare the days
def last_in_time(runs, deadline, needed):
    end = date.fromisoformat(deadline)
    return [name for name, day in runs if (end - date.fromisoformat(day)).days >= needed][-1]


# %% one_day_more
# Asks for one day more than is needed; loses check_last_in_time
# says: Begun exactly six days before is in time
def last_in_time(runs, deadline, needed):
    end = date.fromisoformat(deadline)
    fits = [(day, name) for name, day in runs if (end - date.fromisoformat(day)).days > needed]
    return max(fits)[1] if fits else None


# %% thirty_days_a_month
# Gives every month thirty days; loses check_last_in_time
# unseen: the visible days are all of August, September and October
def last_in_time(runs, deadline, needed):
    def number(day):
        year, month, of_month = map(int, day.split("-"))
        return 360 * year + 30 * month + of_month

    return max((day, n) for n, day in runs if number(deadline) - number(day) >= needed)[1]


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
