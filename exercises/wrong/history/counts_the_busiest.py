# Gives how many days the month has; loses check_busiest_month
# says: The month itself


def busiest_month(days):
    months = [day[:7] for day in days]
    return max(months.count(month) for month in months)
