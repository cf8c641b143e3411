"""The fields that a column of a register can be read into."""

from enum import StrEnum

from store.lifts import NameKind
from store.parties import ContactRole


class RegisterField(StrEnum):
    """What the store can hold of a row; also the keys of a mapping's `columns` and `constants`."""

    EQUIPMENT_CODE = "equipment_code"
    REGISTRATION_CODE = "registration_code"
    KEY = "key"
    CERTIFICATE = "certificate"
    RESCUE_NUMBER = "rescue_number"
    FACTORY_NUMBER = "factory_number"
    INTERNAL_NUMBER = "internal_number"
    CITY = "city"
    DISTRICT = "district"
    COMPOUND = "compound"
    BUILDING = "building"
    ADDRESS = "address"
    KIND = "kind"
    STATUS = "status"
    INSTALLED_PASS_ON = "installed_pass_on"
    PUT_INTO_USE_ON = "put_into_use_on"
    LAST_INSPECTED_ON = "last_inspected_on"
    VALID_UNTIL = "valid_until"
    NEXT_TEST_ON = "next_test_on"
    ON_DEMAND = "on_demand"
    IOT = "iot"
    ONLINE_SERVICE = "online_service"
    REMOTE_CHECK = "remote_check"
    PENSION_INSURANCE = "pension_insurance"
    FULL_PACKAGE = "full_package"
    USE_UNIT = "use_unit"
    USE_UNIT_CREDIT_CODE = "use_unit_credit_code"
    USE_UNIT_CONTACT = "use_unit_contact"
    USE_UNIT_PHONE = "use_unit_phone"
    SAFETY_MANAGER = "safety_manager"
    SAFETY_MANAGER_PHONE = "safety_manager_phone"
    LEGAL_REP = "legal_rep"
    LEGAL_REP_PHONE = "legal_rep_phone"
    MAINTAINER = "maintainer"
    MAINTAINER_CREDIT_CODE = "maintainer_credit_code"
    MAINTAINER_CONTACT = "maintainer_contact"
    MAINTAINER_PHONE = "maintainer_phone"


F = RegisterField

# In the order of preference for the lift's key: the first that a row states.
IDENTIFIERS: dict[F, NameKind] = {
    F.EQUIPMENT_CODE: NameKind.EQUIPMENT_CODE,
    F.REGISTRATION_CODE: NameKind.REGISTRATION_CODE,
    F.KEY: NameKind.MAPPED,
    F.CERTIFICATE: NameKind.CERTIFICATE,
    F.RESCUE_NUMBER: NameKind.RESCUE,
    F.FACTORY_NUMBER: NameKind.FACTORY,
    F.INTERNAL_NUMBER: NameKind.INTERNAL,
}
IDENTIFIER_LIMIT = 64

# Free text and the number of characters that it may have.
TEXTS: dict[F, int] = {F.COMPOUND: 200, F.BUILDING: 100, F.ADDRESS: 500, F.KIND: 100}
NAME_LIMIT = 200

DATES = (F.INSTALLED_PASS_ON, F.PUT_INTO_USE_ON, F.LAST_INSPECTED_ON, F.NEXT_TEST_ON)

# How a lift is maintained: columns that say yes or no.
MAINTENANCE = (F.ON_DEMAND, F.IOT, F.ONLINE_SERVICE, F.REMOTE_CHECK, F.PENSION_INSURANCE, F.FULL_PACKAGE)

UNIT_PEOPLE: dict[ContactRole, tuple[F, F]] = {
    ContactRole.UNIT_CONTACT: (F.USE_UNIT_CONTACT, F.USE_UNIT_PHONE),
    ContactRole.SAFETY_MANAGER: (F.SAFETY_MANAGER, F.SAFETY_MANAGER_PHONE),
    ContactRole.LEGAL_REP: (F.LEGAL_REP, F.LEGAL_REP_PHONE),
}
MAINTAINER_PEOPLE: dict[ContactRole, tuple[F, F]] = {
    ContactRole.MAINTAINER_CONTACT: (F.MAINTAINER_CONTACT, F.MAINTAINER_PHONE),
}
