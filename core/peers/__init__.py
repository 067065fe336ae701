"""Peers: other people's networks, written anew from their descriptions, to load their published weights. One file a peer."""
