#include "flow/backends.h"

#include <stdlib.h>
#include <string.h>

#include "flow/run.h"

static const char *const HINTS[TAUT_N_BACKENDS] = {
	[TAUT_BACKEND_OPENCL] =
		"it needs OpenCL's headers and loader (Debian: ocl-icd-opencl-dev) and "
		"-DTAUT_WITH_OPENCL=ON when CMake is run",
	[TAUT_BACKEND_XRT] =
		"it needs XRT (Debian: libxrt-dev) and -DTAUT_WITH_XRT=ON when CMake is run",
};

const char *taut_backends_hint(taut_backend_name name)
{
	return HINTS[name] ? HINTS[name] : "it is part of every whole build";
}

taut_backend_name taut_backends_auto(const taut_options *options, taut_find_fn *find)
{
	const char             *named = getenv("TAUT_BITSTREAM");
	const taut_backend_ops *xrt = find(TAUT_BACKEND_XRT);
	taut_devices            devices = {0};

	if (options->bitstream || options->device || (named && named[0]))
		return TAUT_BACKEND_XRT;
	if (xrt)
		xrt->devices(&devices);
	return devices.count > 0 ? TAUT_BACKEND_XRT : TAUT_BACKEND_CPU;
}

taut_status taut_backends_open(taut_backend **out, taut_limits *limits, taut_backend_name name,
                               taut_algorithm algorithm, const taut_options *options,
                               taut_find_fn *find, taut_error *err)
{
	const taut_backend_ops    *ops = find(name);
	const taut_backend_options where = {.device = options->device,
	                                    .bitstream = options->bitstream};
	const char                *spelt = taut_backend_names.names[name].name;
	taut_status                st;

	*out = NULL;
	if (!ops)
		return taut_fail(err, TAUT_EDEVICE, "backend '%s' is not built in: %s", spelt,
		                 taut_backends_hint(name));
	st = ops->open(out, &where, err);
	if (st != TAUT_OK)
		return st;
	ops->limits(limits, *out);
	if (algorithm == TAUT_ALGORITHM_AUTO || limits->algorithms >> algorithm & 1)
		return TAUT_OK;
	ops->close(*out);
	*out = NULL;
	return taut_fail(err, TAUT_ELIMIT, "algorithm '%s' is not one of backend '%s'",
	                 taut_algorithm_names.names[algorithm].name, spelt);
}

bool taut_backends_keep_terms(const taut_limits *limits, taut_algorithm algorithm)
{
	return limits->terms && (algorithm == TAUT_ALGORITHM_AUTO ||
	                         (TAUT_BACKEND_TERM_ALGORITHMS >> algorithm & 1));
}

static taut_find_fn *finder(const taut_run *r)
{
	return r->hooks && r->hooks->find ? r->hooks->find : taut_backend_find;
}

static taut_status open_one(taut_run *r, taut_backend_name name, taut_error *err)
{
	taut_limits limits;
	taut_status st = taut_backends_open(&r->backend, &limits, name,
	                                    (taut_algorithm)r->options->algorithm, r->options,
	                                    finder(r), err);

	if (st != TAUT_OK)
		return st;
	r->algorithms = limits.algorithms;
	r->sparse = !limits.dense;
	r->no_terms = !taut_backends_keep_terms(&limits, (taut_algorithm)r->options->algorithm);
	r->result->solver.backend = name;
	memcpy(r->result->solver.device, limits.device, sizeof r->result->solver.device);
	return TAUT_OK;
}

taut_status taut_run_fall_back(taut_run *r, taut_status st, const taut_error *why, taut_error *err)
{
	if (!r->may_change || st == TAUT_ENOMEM ||
	    (st == TAUT_EDEVICE && r->has_answers && r->answers.totals.samples > 0)) {
		if (err)
			*err = *why;
		return st;
	}
	taut_ctx_log(r->ctx, "backend auto: the cpu anneals, not xrt: %s", why->text);
	if (r->backend)
		r->backend->ops->close(r->backend);
	r->backend = NULL;
	r->may_change = false;
	st = open_one(r, TAUT_BACKEND_CPU, err);
	/* a problem that was expanded for xrt suits the cpu as it is */
	if (st == TAUT_OK && r->problem)
		st = r->backend->ops->load(r->backend, r->problem, err);
	return st;
}

taut_status taut_run_open(taut_run *r, taut_error *err)
{
	taut_backend_name name = (taut_backend_name)r->options->backend;
	taut_error        why = {TAUT_OK, ""};
	taut_status       st;

	if ((r->options->device || r->options->bitstream) && !taut_backend_has_choice(name))
		return taut_fail(err, TAUT_EUSAGE,
		                 "backend %s has one device and no bitstream: --device and "
		                 "--bitstream are for opencl and xrt",
		                 taut_backend_names.names[name].name);
	if (name == TAUT_BACKEND_AUTO) {
		name = taut_backends_auto(r->options, finder(r));
		r->may_change = name != TAUT_BACKEND_CPU;
	}
	st = open_one(r, name, &why);
	return st == TAUT_OK ? st : taut_run_fall_back(r, st, &why, err);
}

taut_status taut_run_load(taut_run *r, taut_error *err)
{
	taut_error  why = {TAUT_OK, ""};
	taut_status st = r->backend->ops->load(r->backend, r->problem, &why);

	return st == TAUT_OK ? st : taut_run_fall_back(r, st, &why, err);
}
