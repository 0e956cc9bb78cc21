"""When the hub may flush again: at once in a small office, together in a large one at its busiest, never later."""

from dispatch.live.pace import CREDIT_SECONDS, SHARE, WINDOW_SECONDS, Pace

MORNING = 1000.0


def busy(pace: Pace, *, cost: float, seconds: float) -> list[float]:
    """Changes never cease, each flush takes `cost`: the pauses before each flush."""
    now, pauses = MORNING, []
    while now < MORNING + seconds:
        pauses.append(pace.pause(now))
        now += pauses[-1] + cost
        pace.spend(cost, now)
    return pauses


def test_the_first_change_of_the_day_goes_out_at_once():
    assert Pace().pause(MORNING) == 0


def test_in_a_small_office_a_call_waits_for_no_other():
    """One caller gives up, the next one rings, his card changes twice: four flushes within 50 ms."""
    pace, now = Pace(), MORNING
    for _change in range(4):
        assert pace.pause(now) == 0
        now += 0.008
        pace.spend(0.008, now)
        now += 0.005


def test_two_hundred_desks_at_the_busiest_hour_cost_no_more_than_the_share():
    cost = 0.03
    pauses = busy(Pace(), cost=cost, seconds=60)
    assert pauses[0] == 0
    assert max(pauses) <= WINDOW_SECONDS
    assert len(pauses) * cost <= 60 * SHARE + (CREDIT_SECONDS + WINDOW_SECONDS) * SHARE + cost


def test_however_long_a_flush_took_the_next_one_waits_no_longer_than_the_window():
    pace = Pace()
    for _flush in range(3):
        pace.spend(40, MORNING)  # the database was away
        assert pace.pause(MORNING) <= WINDOW_SECONDS
    assert pace.pause(MORNING + WINDOW_SECONDS) == 0


def test_after_a_quiet_minute_there_is_credit_for_one_burst_only():
    pace = Pace()
    busy(pace, cost=0.03, seconds=5)
    quiet = MORNING + 65
    pauses = []
    for _change in range(20):
        pauses.append(pace.pause(quiet))
        quiet += pauses[-1] + 0.03
        pace.spend(0.03, quiet)
    at_once = pauses.index(next(pause for pause in pauses if pause))
    assert 1 < at_once < 5
    assert all(pauses[at_once:])
