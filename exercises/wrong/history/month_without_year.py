# Gives the month without its year; loses check_busiest_month
# says: With its year


def busiest_month(days):
    months = [day[5:7] for day in days]
    return max(sorted(set(months)), key=months.count)
