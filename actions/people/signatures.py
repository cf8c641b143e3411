"""In whose name messages go out: as it is filed with the operators."""

from sqlmodel import Session

from store.settings import Setting

SETTING = "sms_signatures"  # {"body": {"zh": …}, "regulator": {…}, "regulator:440106": {…}}


class SignatureError(Exception):
    """The signature cannot be used; the sentence says why."""


LONGEST = 12  # what operators take
SIGNERS = ("body", "regulator")


def set_signature(session: Session, signer: str, language: str, name: str) -> dict[str, dict[str, str]]:
    """Sign so from now on; all signatures of the deployment are returned. `signer` may end with a district's code."""
    who, _, district = signer.partition(":")
    if who not in SIGNERS or (district and not district.isdigit()):
        raise SignatureError(f"{signer!r} signs nothing: it is body, regulator, or regulator:440106 for one district")
    plain = name.strip().strip("【】[]").strip()
    if not 2 <= len(plain) <= LONGEST or not plain.isprintable() or set(plain) & set("【】[]{}"):
        raise SignatureError(f"a signature has 2 to {LONGEST} characters, without brackets")
    row = session.get(Setting, SETTING) or Setting(key=SETTING, value={})
    names = dict(row.value)
    names[signer] = names.get(signer, {}) | {language: plain}
    row.value = names
    session.add(row)
    session.flush()
    return names


def signatures_of(session: Session) -> dict[str, dict[str, str]]:
    """Those that this deployment has set; the others are the demo's."""
    row = session.get(Setting, SETTING)
    return dict(row.value) if row is not None else {}
