"""Every main screen in both languages, on a desk and on a phone; lists, their addresses and pages; and that looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import MetaData, func, select

from engine import Engine, FixedClock
from engine.store import tables
from engine.text import LANGUAGES
from engine.verification import verify
from tests.support import scratch
from tests.support.browser import OpenPage
from tests.web import journey, shots
from tests.web.journey import ADMIN, BA_BE, CHAIR, MONDAY, OFFICER, PROVIDER, SUPERVISOR, TEACHER, Hands
from tests.web.visitor import Visitor
from web.app import create_app
from web.texts import catalogue
from workflows.catalogue import definition_texts
