"""Invented identifiers in the real forms: a checker accepts them, and they hit no firm, lift or person that exists."""

from collections import Counter
from datetime import date

from stdnum.cn import uscc

from tixing.demo.data import CityData, Kind

NO_SUCH_AREA = "440199"
CREDIT_PREFIX = {"company": "91", "institution": "12", "government": "11"}
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
OLD_CODES_UNTIL = 2014
FIRST_RESCUE_NUMBER = 900_001


def credit_code(kind: str, number: int) -> str:
    """A unified social credit code with both its check digits right; '' for those who have none."""
    prefix = CREDIT_PREFIX.get(kind)
    if prefix is None:
        return ""
    organisation = f"MA{number:06d}"
    weighed = sum(int(sign, 36) * weight for sign, weight in zip(organisation, ORGANISATION_WEIGHTS, strict=True))
    check = (11 - weighed % 11) % 11
    body = prefix + NO_SUCH_AREA + organisation + ("X" if check == 10 else str(check))
    return body + str(uscc.calc_check_digit(body))


class Phones:
    """Numbers of a block that is given to machines, never to persons, one after the other."""

    def __init__(self, first: int = 14_000_000_001) -> None:
        self._next = first

    def take(self) -> str:
        """The next number."""
        self._next += 1
        return str(self._next - 1)


class Codes:
    """The identifiers of lifts, unique within one city."""

    def __init__(self, data: CityData) -> None:
        self._region = data.city.certificate_region
        self._serials: Counter[tuple[str, ...]] = Counter()
        self._lifts = 0

    def certificate(self, kind: Kind, installed: date, full_width: bool) -> str:
        """The number of the use registration certificate, with the brackets as the clerk typed them."""
        self._lifts += 1
        left, right = ("\uff08", "\uff09") if full_width else ("(", ")")
        year = f"{left}{installed.year % 100:02d}{right}"
        return f"\u68af{kind.certificate}{self._region}{self._lifts:05d}{year}"

    def rescue(self) -> str:
        """The number on the rescue plate of the lift that got the last certificate."""
        return str(FIRST_RESCUE_NUMBER + self._lifts - 1)

    def equipment(self, kind_code: str, maker: str, installed: date) -> str:
        """17 digits: kind, maker, year of make, serial."""
        year = str(installed.year - 1 if installed.month < 4 else installed.year)
        return f"{kind_code}{maker}{year}{self._serial('made', kind_code, maker, year):04d}"

    def registration(self, kind: Kind, district: str, installed: date) -> str:
        """20 digits of the catalogue before 2014: old kind, district, month, serial; '' for younger lifts."""
        if installed.year > OLD_CODES_UNTIL:
            return ""
        head = f"{kind.old_code}{district}{installed:%Y%m}"
        return f"{head}{self._serial('registered', head):04d}"

    def factory(self, brand: int, installed: date) -> str:
        """The maker's own number."""
        return f"{'ABCD'[brand]}{installed:%y}-{self._serial('factory', str(brand)):04d}"

    def _serial(self, *of: str) -> int:
        self._serials[of] += 1
        return self._serials[of]
