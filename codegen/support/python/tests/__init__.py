"""Tests of the runtime part of generated clients."""
