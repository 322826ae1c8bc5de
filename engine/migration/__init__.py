"""Moving live cases to another version of their workflow: plan, dry run, carrying out, taking back (definition-format.md §5)."""

from engine.migration.histories import Histories as Histories
from engine.migration.histories import Illegal as Illegal
from engine.migration.histories import replayed as replayed
from engine.migration.plan import HAND as HAND
from engine.migration.plan import STAY as STAY
from engine.migration.plan import Plan as Plan
from engine.migration.plan import PlanBroken as PlanBroken
from engine.migration.plan import confirmed as confirmed
from engine.migration.plan import plan_between as plan_between
from engine.migration.running import advance as advance
from engine.migration.running import advance_beside as advance_beside
from engine.migration.running import change as change
from engine.migration.running import create as create
from engine.migration.running import look as look
from engine.migration.running import may as may
from engine.migration.running import number as number
from engine.migration.running import revert as revert
from engine.migration.running import start as start
