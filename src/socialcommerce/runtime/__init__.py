"""The engine: flows and their effects, the road to the network, policies, state; it knows no platform."""
