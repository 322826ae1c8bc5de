import collections, time
from tests.engine.model.machine import *
from tests.support.world import build
from hypothesis import settings, HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test
def test_x(sqlite_database):
    seen=collections.Counter(); 
    class M(ToyMachine):
        def _send(self,p):
            o=super()._send(p); seen[("applied",o.transition,o.repeated) if o.applied else "refused"]+=1
            for b in o.blockers: seen[b.code]+=1
            return o
    e=build(sqlite_database,FixedClock(START)); prepare(e.database)
    t=time.process_time()
    run_state_machine_as_test(lambda: M(e), settings=settings(max_examples=40,stateful_step_count=25,derandomize=True,database=None,phases=[Phase.generate],suppress_health_check=list(HealthCheck)))
    print(time.process_time()-t)
    for k in sorted(seen.items(),key=str): print(k)
    e.database.close()
