"""The pretend Marketing API: ad accounts, campaigns, insights, audiences, pixels, targeting.

``advertising`` answers what a seller's ad account holds, and what can be set about it.
"""

from __future__ import annotations

from socialcommerce.simulators.meta.social.advertising.state import Advertising, advertising

__all__ = ["Advertising", "advertising"]
