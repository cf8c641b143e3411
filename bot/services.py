"""What handlers need of the process in which they run, besides the store."""

from dataclasses import dataclass, field

from actions.identity.post import CodePost


@dataclass(frozen=True)
class Services:
    """`code_key`: of the digests of one-time codes; `post` sends them."""

    post: CodePost
    code_key: bytes = field(repr=False)
