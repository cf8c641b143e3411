"""The zone of business days and of times of day: the law's dates are China's, wherever the machine stands."""

from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
