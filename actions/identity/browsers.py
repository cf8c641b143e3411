"""What a browser calls itself, in words that its owner knows."""

# Each calls itself by the names of those before it too: the first that is found is the one.
PROGRAMS = (
    ("wxwork", "WeCom"),
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("AlipayClient", "Alipay"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("UCBrowser", "UC"),
    ("QQBrowser", "QQ"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
LONGEST_NAME = 24


def browser_name(user_agent: str) -> str:
    """Such as `Chrome · Android`; the beginning of what it says where neither is known."""
    known = [_first(names, user_agent) for names in (PROGRAMS, SYSTEMS)]
    return " · ".join(filter(None, known)) or user_agent[:LONGEST_NAME].strip()


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in names if sign.lower() in user_agent.lower()), "")
