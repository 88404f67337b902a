"""Writes offsets.csv: what Python's zoneinfo says about the zone files beside it.

Moments are drawn at random between 1922 and 2144, and around every change of the clock in a few years before and
after the last change that the files list.
"""
import datetime, pathlib, random, zoneinfo

here = pathlib.Path(__file__).parent
zoneinfo.reset_tzpath(to=[str(here.resolve())])
random.seed(7)
zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
         "America/Sao_Paulo", "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "America/St_Johns"]
lines = ["zone,utc_seconds,offset"]
for name in zones:
    zone = zoneinfo.ZoneInfo(name)
    offset = lambda moment: datetime.datetime.fromtimestamp(moment, zone).utcoffset()
    moments = [random.randrange(-1_500_000_000, 5_500_000_000) for _ in range(60)]
    for year in [2024, 2025, 2026, 2027, 2039, 2045, 2077]:
        start = int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
        for moment in range(start + 3600, start + 366 * 86400, 3600):
            if offset(moment) != offset(moment - 3600):
                moments += [moment - 3600, moment - 1, moment, moment + 1, moment - 1800, moment - 1801]
    lines += [f"{name},{moment},{int(offset(moment).total_seconds())}" for moment in moments]
(here / "offsets.csv").write_text("\n".join(lines) + "\n")
