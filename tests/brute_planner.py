"""A planner that walks through every day of every unit: slow, simple, and independent of ours."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def repeat(first, years):
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 2, 28)


def joins(item, first, order_day):
    """The first anniversary on or after the line's end and the order day."""
    years = 0
    while repeat(first, years) < max(item["end"], order_day):
        years += 1
    return repeat(first, years)


def rolled(item, meets, first, short, longest):
    """The anniversary after, where the bridge to `meets` is short and may go on."""
    years = next(n for n in range(60) if repeat(first, n) == meets)
    after = repeat(first, years + 1)
    if not 0 < (meets - item["end"]).days < short or (after - item["end"]).days > longest:
        return meets
    capped = item["ldos"] and item["ldos"] <= meets
    if capped or (item["refresh"] and item["refresh"] < after):
        return meets
    return after


def covered_days(item, first, order_day, horizon, roll=(0, 0)):
    """Bridge days, term days and the dropped flag, found day by day."""
    start = max(item["end"], order_day - DAY) + DAY
    meets = rolled(item, joins(item, first, order_day), first, *roll)
    ldos, scr, refresh = item["ldos"], item["scr"], item["refresh"]
    if refresh and (refresh < meets or refresh < start):
        return [], [], True
    bridged, served = [], []
    day = start
    while day <= meets and (ldos is None or day <= ldos):
        bridged.append(day)
        day += DAY
    begins = meets + DAY
    years = 0
    while repeat(first, years) <= meets:
        years += 1
    while (
        begins <= horizon
        and (ldos is None or begins <= ldos)
        and (refresh is None or begins <= refresh)
        and (scr is None or begins - DAY <= scr)
    ):
        ends = repeat(first, years)
        day = begins
        while day <= ends and (ldos is None or day <= ldos):
            served.append(day)
            day += DAY
        begins, years = ends + DAY, years + 1
    return bridged, served, False


def cents(price, days, basis):
    """Half-up by schoolbook arithmetic on whole numbers."""
    if basis == "365":
        return (2 * int(price * 100) * len(days) + 365) // 730
    leap = sum(1 for d in days if repeat(date(2024, 2, 29), d.year - 2024).day == 29)
    top = int(price * 100) * (leap * 365 + (len(days) - leap) * 366)
    return (2 * top + 365 * 366) // (2 * 365 * 366)


def measure(items, first, order_day, horizon, minimum=0, basis="365", fixed=(), roll=None):  # noqa: C901, PLR0917 - one walk, told from top to bottom
    """uncovered, expiry dates, cents for nothing, bridge unit-days, whether a line ends on it.

    `roll`: the longest bridge that a short one may become, None where none is rolled.
    """
    rolls = (0, 0) if roll is None else (minimum, roll)
    bare = wasted = bridge_days = 0
    expiries, ldos_units = set(), {}
    anniversaries = {repeat(first, n) for n in range(40)}
    for item in items:
        bridged, served, dropped = covered_days(item, first, order_day, horizon, rolls)
        have = {*bridged, *served}
        day = max(item["end"], order_day - DAY) + DAY
        while day <= horizon:
            if (not item["ldos"] or day <= item["ldos"]) and (
                not item["refresh"] or day <= item["refresh"]
            ):
                bare += (day not in have) * item["units"]
            day += DAY
        bridge_days += len(bridged) * item["units"]
        if dropped:
            continue
        if order_day <= item["end"] <= horizon and item["end"] > first:
            expiries.add(item["end"])
        ldos = item["ldos"]
        if (
            ldos
            and ldos <= horizon
            and ldos in have
            and (not item["refresh"] or ldos <= item["refresh"])
        ):
            ldos_units[ldos] = ldos_units.get(ldos, 0) + item["units"]
        price = item["price"] * item["units"]
        if bridged and len(bridged) < minimum:
            whole = [bridged[0] + n * DAY for n in range(minimum)]
            wasted += cents(price, whole, basis) - cents(price, bridged, basis)
        past = [d for d in served if item["refresh"] and d > item["refresh"]]
        if past:
            wasted += cents(price, past, basis)
    for day, is_ldos, units in fixed:
        if is_ldos:
            ldos_units[day] = ldos_units.get(day, 0) + units
        else:
            expiries.add(day)
    expiries |= {day for day, units in ldos_units.items() if units >= 3}
    left = {d for d in expiries if d <= horizon} - anniversaries
    line_end = any(i["end"] == first and i["end"] >= order_day for i in items)
    return bare, len(left), wasted, bridge_days, line_end
