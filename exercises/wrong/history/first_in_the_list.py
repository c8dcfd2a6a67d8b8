# Takes the first in the list of equally busy months; loses check_busiest_month
# says: the earlier one


def busiest_month(days):
    months = [day[:7] for day in days]
    return max(months, key=months.count)
