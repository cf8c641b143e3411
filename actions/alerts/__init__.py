"""What a maintainer must see to at once: reported or found, told rung by rung, acknowledged, and ended."""
