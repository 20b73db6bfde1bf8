"""One measurement of one peer, run by tools/bench/run in the peers' own Python: a job as JSON on stdin, its outcome as JSON on stdout.

Job: solver, problem (COO file of a QUBO to be minimised, or MPS file), seed, threads and either reads, sweeps, hot, cold (fixed work; temperatures, which
dwave-sa chooses itself where they are missing) or time_limit. Outcome: seconds (of sampling alone where the peer tells), best; with fixed work also mean, error (standard error of the mean), updates (one
proposal of one spin of one replica), reached (share of reads at `target` or below). {"absent": why} where the peer cannot be had."""
import json
import multiprocessing
import sys
import time


def read_coo(path):
    """Linear terms [n], pairs (i, j, q) and the offset of a COO file as taut writes it."""
    import numpy

    n, offset = 0, 0.0
    with open(path) as file:
        for line in file:
            if not line.startswith("#"):
                break
            if line.startswith("# variables="):
                n = int(line.split("=")[1])
            if line.startswith("# offset="):
                offset = float(line.split("=")[1])
    i, j, q = numpy.loadtxt(path, comments="#", unpack=True, ndmin=2)
    i, j = i.astype(int), j.astype(int)
    diagonal = i == j
    linear = numpy.zeros(n)
    numpy.add.at(linear, i[diagonal], q[diagonal])
    return linear, i[~diagonal], j[~diagonal], q[~diagonal], offset


def bqm_of(path):
    import dimod

    linear, i, j, q, offset = read_coo(path)
    bqm = dimod.BinaryQuadraticModel.from_numpy_vectors(linear, (i, j, q), offset, "BINARY")
    bqm.change_vartype("SPIN", inplace=True)
    return bqm


def fixed(job, energies, seconds, size):
    import numpy

    energies = numpy.asarray(energies)
    reads = len(energies)
    return {
        "seconds": seconds,
        "best": energies.min(),
        "mean": energies.mean(),
        "error": energies.std(ddof=1) / reads**0.5 if reads > 1 else 0.0,
        "updates": float(reads) * job["sweeps"] * size,
        "reached": float((energies <= job["target"]).mean()) if "target" in job else None,
    }


def growing(job, anneal):
    """Anneals of ever more sweeps until the time is over; anneal(sweeps, seed, deadline) gives the best energy."""
    start = time.monotonic()
    best, sweeps, round_ = float("inf"), 64, 0
    while time.monotonic() - start < job["time_limit"]:
        best = min(best, anneal(sweeps, job["seed"] * 1000 + round_, start + job["time_limit"]))
        sweeps, round_ = 2 * sweeps, round_ + 1
        if "target" in job and best <= job["target"]:
            break
    return {"seconds": time.monotonic() - start, "best": best}


def dwave_sa(job):
    from dwave.samplers import SimulatedAnnealingSampler

    bqm = bqm_of(job["problem"])
    sampler = SimulatedAnnealingSampler()
    if "sweeps" in job:
        beta = {"beta_range": [1 / job["hot"], 1 / job["cold"]]} if "hot" in job else {}
        samples = sampler.sample(bqm, num_reads=job["reads"], num_sweeps=job["sweeps"], seed=job["seed"], **beta)
        hot, cold = (1 / b for b in samples.info["beta_range"])
        return dict(fixed(job, samples.record.energy, samples.info["timing"]["sampling_ns"] * 1e-9, len(bqm)), hot=hot, cold=cold)

    def anneal(sweeps, seed, deadline):
        return sampler.sample(bqm, num_reads=16, num_sweeps=sweeps, seed=seed,
                              interrupt_function=lambda: time.monotonic() > deadline).record.energy.min()

    return growing(job, anneal)


def dwave_tabu(job):
    from dwave.samplers import TabuSampler

    bqm = bqm_of(job["problem"])
    start = time.monotonic()
    target = {"energy_threshold": job["target"]} if "target" in job else {}
    samples = TabuSampler().sample(bqm, num_reads=1, timeout=int(1000 * job["time_limit"]), seed=job["seed"], **target)
    return {"seconds": time.monotonic() - start, "best": samples.record.energy.min()}


def openjij_sa(job):
    import openjij

    bqm = bqm_of(job["problem"])
    sampler = openjij.SASampler()
    if "sweeps" in job:
        ratio = (job["cold"] / job["hot"]) ** (1 / max(1, job["sweeps"] - 1))
        schedule = [(1 / (job["hot"] * ratio**k), 1) for k in range(job["sweeps"])]
        # one seed gives every read of a call the same states (version 0.12): the rate is of all, the energies are of one
        samples = sampler.sample(bqm, num_reads=job["reads"], schedule=schedule, seed=job["seed"])
        energies, seconds = samples.record.energy, sum(samples.info["list_exec_times"]) * 1e-6
        return fixed(job, energies, seconds, len(bqm))

    def anneal(sweeps, seed, deadline):
        best = float("inf")
        for read in range(16):
            if time.monotonic() > deadline:
                break
            best = min(best, sampler.sample(bqm, num_reads=1, num_sweeps=sweeps, seed=seed * 16 + read).record.energy.min())
        return best

    return growing(job, anneal)


def highs(job):
    import highspy

    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("threads", job["threads"])
    h.setOptionValue("random_seed", job["seed"])
    h.setOptionValue("time_limit", float(job["time_limit"]))
    if job["problem"].endswith(".mps"):
        h.readModel(job["problem"])
    else:  # products as continuous variables between the bounds of their factors
        linear, i, j, q, offset = read_coo(job["problem"])
        x = h.addBinaries(len(linear))
        terms = [float(c) * v for c, v in zip(linear, x)]
        for a, b, c in zip(i, j, q):
            y = h.addVariable(0, 1)
            if c < 0:
                h.addConstr(y <= x[a])
                h.addConstr(y <= x[b])
            else:
                h.addConstr(y >= x[a] + x[b] - 1)
            terms.append(float(c) * y)
        h.setMinimize()
        h.setObjective(h.qsum(terms) + offset)
    start = time.monotonic()
    h.run()
    seconds = time.monotonic() - start
    info = h.getInfo()
    return {"seconds": seconds, "best": info.objective_function_value if info.primal_solution_status == 2 else None}


def cp_sat(job):
    start = time.monotonic()
    if job["problem"].endswith(".mps"):
        from ortools.linear_solver.python import model_builder

        model = model_builder.Model()
        model.import_from_mps_file(job["problem"])
        solver = model_builder.Solver("sat")
        solver.set_time_limit_in_seconds(job["time_limit"])
        solver.set_solver_specific_parameters(f"num_workers:{job['threads']} random_seed:{job['seed']}")
        status = solver.solve(model)
        found = status in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE)
        return {"seconds": time.monotonic() - start, "best": solver.objective_value if found else None}
    from ortools.sat.python import cp_model

    linear, i, j, q, offset = read_coo(job["problem"])
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in linear]
    terms, weights = list(x), list(linear)
    for a, b, c in zip(i, j, q):
        y = model.new_bool_var("")
        if c < 0:
            model.add_implication(y, x[a])
            model.add_implication(y, x[b])
        else:
            model.add_bool_or(y, x[a].negated(), x[b].negated())
        terms.append(y)
        weights.append(c)
    model.minimize(sum(int(w) * t for w, t in zip(weights, terms)) + int(offset))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = job["time_limit"]
    solver.parameters.num_workers = job["threads"]
    solver.parameters.random_seed = job["seed"]
    start = time.monotonic()
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {"seconds": time.monotonic() - start, "best": solver.objective_value if found else None}


# peers of one thread get as many processes as taut gets threads, each with its own seed
SINGLE = {"dwave-sa": dwave_sa, "dwave-tabu": dwave_tabu, "openjij-sa": openjij_sa}
THREADED = {"highs": highs, "cp-sat": cp_sat}


def run(job):
    try:
        return (SINGLE | THREADED)[job["solver"]](job)
    except ImportError as e:
        return {"absent": str(e)}


def main():
    job = json.load(sys.stdin)
    if job["solver"] in SINGLE and job["threads"] > 1 and "time_limit" in job:
        jobs = [dict(job, seed=job["seed"] * job["threads"] + k) for k in range(job["threads"])]
        with multiprocessing.Pool(len(jobs)) as pool:
            outcomes = pool.map(run, jobs)
        outcome = min(outcomes, key=lambda o: o.get("best", float("inf")))
        outcome["seconds"] = max(o.get("seconds", 0.0) for o in outcomes)
    else:
        outcome = run(job)
    json.dump(outcome, sys.stdout, default=float)


if __name__ == "__main__":
    main()
