"""Peers: other people's networks, written anew from their descriptions, for their published weights; a file each."""
