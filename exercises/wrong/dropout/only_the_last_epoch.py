# Looks at the last epoch alone; loses check_diagnose
# says: the mean of the last three is 89.33


def diagnose(train, kept_out):
    low, wide = train[-1] < 80, train[-1] - kept_out[-1] > 10
    if low:
        return "both" if wide else "underfits"
    return "overfits" if wide else "fits"
