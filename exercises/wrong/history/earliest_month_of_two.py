# Gives the earliest month that has more than one day; loses check_busiest_month
# unseen: that is the busiest one in the visible checks


def busiest_month(days):
    months = sorted(day[:7] for day in days)
    several = [month for month in months if months.count(month) > 1]
    return several[0] if several else months[0]
