"""Rendering rain on clean photos: streak images of a database, procedural streaks, and recipes that combine them."""

from datasets.rain.recipes import RECIPES, Recipe
from datasets.rain.render import render
from datasets.rain.streak_database import StreakDatabase

__all__ = ["RECIPES", "Recipe", "StreakDatabase", "render"]
