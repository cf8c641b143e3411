"""What can be wrong with a campaign as it is asked for."""


class CampaignError(Exception):
    """It cannot be done so; the message is one sentence for a person. Nothing was stored."""
