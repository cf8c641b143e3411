"""who answered for a lift on a day, and the consents of a unit, are found without reading all

Revision ID: 0036
Revises: 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_responsibility_lift", "responsibility", ["lift_id"])
    op.create_index("ix_signing_consent_party", "signing_consent", ["party_id"])


def downgrade() -> None:
    op.drop_index("ix_signing_consent_party", "signing_consent")
    op.drop_index("ix_responsibility_lift", "responsibility")
